"""virt-launcher: runs libvirt and one domain, at virt-handler's command."""

import logging
import os
import signal
import sys
import threading

import libvirt

from kubevirt_standin.launcher import libvirtd
from kubevirt_standin.launcher.commands import Commands, Server
from kubevirt_standin.launcher.domain import Domain
from kubevirt_standin.launcher.state import State


def main() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(message)s")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    os.umask(0o002)
    state = State()
    domain = Domain(libvirtd.start(), state)
    server = Server(Commands(domain, state), state, stop.set)
    threading.Thread(target=server.serve_forever, daemon=True, name="launcher-sock").start()
    logging.info("ready")
    stop.wait()
    logging.info("stopping")
    try:
        domain.destroy()
    except libvirt.libvirtError as error:
        # A target in the middle of post-copy holds its domain's lock; QEMU ends with this container instead.
        logging.warning("domain not destroyed: %s", error)
    os._exit(0)
