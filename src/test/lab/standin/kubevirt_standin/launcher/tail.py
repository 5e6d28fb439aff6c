"""virt-tail: the container guest-console-log. Prints the guest's serial console line by line, as it is written.

Usage: virt-tail --logfile FILE. Waits for the file to appear. Ends on SIGTERM.
"""

import signal
import sys
import time

_POLL_S = 0.02


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    path = sys.argv[sys.argv.index("--logfile") + 1]
    while True:
        try:
            log = open(path, "rb")
            break
        except FileNotFoundError:
            time.sleep(_POLL_S)
    out = sys.stdout.buffer
    rest = b""
    while True:
        chunk = log.read(65536)
        if not chunk:
            time.sleep(_POLL_S)
            continue
        # Whole lines only: the container runtime stamps what one write brings.
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            out.write(line.rstrip(b"\r") + b"\n")
        out.flush()
