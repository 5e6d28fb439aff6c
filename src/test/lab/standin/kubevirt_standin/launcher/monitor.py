"""virt-launcher-monitor: PID 1 of the launcher pod's compute container.

It starts virt-launcher, adopts what daemonizes under it (QEMU: this is why QEMU's parent is this process, by
which virt-handler and Hotfoot's agent find it), passes SIGTERM on, and ends with virt-launcher's exit code.
"""

import os
import signal
import sys


def main() -> None:
    launcher = os.fork()
    if launcher == 0:
        os.execv("/usr/bin/virt-launcher", ["virt-launcher", *sys.argv[1:]])
    signal.signal(signal.SIGTERM, lambda *_: os.kill(launcher, signal.SIGTERM))
    while True:
        pid, status = os.wait()
        if pid == launcher:
            # Being PID 1, leaving ends libvirtd and QEMU too, should they still be there.
            sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
