"""libvirt's daemon inside the launcher pod, as KubeVirt runs it: a session daemon of uid 107.

Debian's libvirt ships the one daemon libvirtd instead of virtqemud; the socket is given virtqemud's name as well,
because that is where KubeVirt has it.
"""

import os
import subprocess
import threading
import time

import libvirt

RUNTIME_DIR = "/var/run/libvirt"
SOCKET = f"{RUNTIME_DIR}/virtqemud-sock"
_START_TIMEOUT_S = 30


def start() -> libvirt.virConnect:
    """Starts the daemon and connects to it. Raises TimeoutError where it does not answer in time."""
    _configure()
    daemon = subprocess.Popen(["/usr/sbin/libvirtd"])
    os.makedirs(RUNTIME_DIR, exist_ok=True)
    if not os.path.lexists(SOCKET):
        # Relative, so that it also leads there through /proc/<pid>/root.
        os.symlink("libvirt-sock", SOCKET)
    libvirt.registerErrorHandler(lambda *_: None, None)
    libvirt.virEventRegisterDefaultImpl()
    connection = _connect(daemon)
    threading.Thread(target=_run_events, daemon=True, name="libvirt-events").start()
    return connection


def _configure() -> None:
    directory = os.path.join(os.environ["XDG_CONFIG_HOME"], "libvirt")
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "qemu.conf"), "w", encoding="ascii") as config:
        # Console logs straight into files: there is no virtlogd in the pod.
        config.write('stdio_handler = "file"\n')


def _connect(daemon: subprocess.Popen) -> libvirt.virConnect:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            return libvirt.open(f"qemu+unix:///session?socket={SOCKET}")
        except libvirt.libvirtError as refused:
            if daemon.poll() is not None:
                raise RuntimeError(f"libvirtd ended with exit code {daemon.returncode}") from refused
            if time.monotonic() > deadline:
                raise TimeoutError(f"libvirtd did not answer within {_START_TIMEOUT_S} s") from refused
            time.sleep(0.02)


def _run_events() -> None:
    while True:
        libvirt.virEventRunDefaultImpl()
