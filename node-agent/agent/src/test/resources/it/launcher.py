"""Stands for a virt-launcher pod on this machine: launcher.py POD_UID FOLDER, as root, by
`unshare --mount --pid --mount-proc --fork`. When its standard input ends, also because the test was killed, all of
it ends, QEMU too.

This process is the monitor, PID 1 of its namespace: QEMU becomes its child when libvirt detaches it. Its child is nobody,
as KubeVirt's launcher is qemu: it listens on launcher-sock in FOLDER/pods/POD_UID and has libvirt's session daemon run,
which has its socket at FOLDER/POD_UID/run/virtqemud-sock, and in this mount namespace where KubeVirt has it.
"""
import os
import socket
import subprocess
import sys
import threading
import uuid

NOBODY = 65534


def launcher(sockets, home):
    """What virt-launcher is to the agent. Does not return while the daemon runs."""
    os.chdir(sockets)  # the whole path is longer than a socket address
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("launcher-sock")
    listener.listen(128)
    environment = dict(os.environ, HOME=home, XDG_RUNTIME_DIR=f"{home}/runtime", XDG_CONFIG_HOME=f"{home}/config",
                       XDG_CACHE_HOME=f"{os.path.dirname(home)}/cache")
    subprocess.run(["libvirtd"], env=environment)


def prepare(home, cache):
    for part in (f"{home}/runtime/libvirt", f"{home}/config/libvirt", cache):
        os.makedirs(part, exist_ok=True)
    with open(f"{home}/config/libvirt/libvirtd.conf", "w") as conf:
        # Two daemons of one machine refuse to migrate to each other unless they seem to be two hosts.
        conf.write(f'host_uuid = "{uuid.uuid4()}"\n')
    with open(f"{home}/config/libvirt/qemu.conf", "w") as conf:
        conf.write(f'stdio_handler = "file"\nhugetlbfs_mount = "{home}/hugepages"\n')
    os.mkdir(f"{home}/hugepages")
    subprocess.run(["mount", "-t", "hugetlbfs", "-o", "pagesize=2M", "hugetlbfs", f"{home}/hugepages"], check=True)
    os.symlink("runtime/libvirt", f"{home}/run")
    os.symlink("libvirt-sock", f"{home}/run/virtqemud-sock")
    os.chown(cache, NOBODY, NOBODY)
    for path, _, files in os.walk(home):
        for name in (path, *(f"{path}/{f}" for f in files)):
            os.chown(name, NOBODY, NOBODY, follow_symlinks=False)
    os.makedirs("/run/libvirt", exist_ok=True)
    subprocess.run(["mount", "--bind", f"{home}/run", "/run/libvirt"], check=True)


def main():
    pod_uid, folder = sys.argv[1:]
    sockets = f"{folder}/pods/{pod_uid}/volumes/kubernetes.io~empty-dir/sockets"
    os.makedirs(sockets)
    os.chown(sockets, NOBODY, NOBODY)
    os.chmod(f"{folder}/pods", 0o750)  # as kubelet has it
    prepare(f"{folder}/{pod_uid}", f"{folder}/cache")
    child = os.fork()
    if child == 0:
        launcher(sockets, f"{folder}/{pod_uid}")
        os._exit(0)
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    # libvirt waits for processes that it has killed to be gone.
    while os.wait()[0] != child:
        pass


main()
