"""A VM's place in its node's networks, as Multus' bridge plugin and KubeVirt's bridge binding make it: a tap for QEMU in
the launcher pod's network namespace, and a bridge and a pair of veths from there to the node's bridge of the network's name.
All of it goes with the pod."""

import os
import stat
import subprocess

from kubevirt_standin import vmi as vmis

_NODE = 1  # the node's first process: virt-handler shares its PID namespace
_QEMU = 107


def plug(pid: int, pod: dict, vmi: dict) -> None:
    """Gives the launcher of this pid the VMI's bridged networks, unless it has them. Raises RuntimeError."""
    for number, (interface, network) in enumerate(vmis.bridged_networks(vmi)):
        if vmis.link_name("tap", interface) not in _ip(pid, "-brief", "link"):
            # Unlike names in the pod, those on the node must differ from VM to VM.
            _plug(pid, f"veth{pod['metadata']['uid'][:8]}{number}", interface, network)
            _allow_tun(f"/proc/{pid}/root/dev/net")


def _plug(pid: int, node_end: str, interface: dict, network: str) -> None:
    pod_end, bridge, tap = (vmis.link_name(prefix, interface) for prefix in ("pod", "k6t-", "tap"))
    _ip(pid, "link", "add", pod_end, "type", "veth", "peer", "name", node_end, "netns", str(_NODE))
    _ip(_NODE, "link", "set", node_end, "master", network, "up")
    _ip(pid, "link", "add", "name", bridge, "up", "type", "bridge")
    _ip(pid, "link", "set", pod_end, "master", bridge, "up")
    _ip(pid, "tuntap", "add", "dev", tap, "mode", "tap", "user", str(_QEMU))
    _ip(pid, "link", "set", tap, "master", bridge, "up")


def _allow_tun(folder: str) -> None:
    """Lets the launcher open taps; KubeVirt has a device plugin for this."""
    os.makedirs(folder, exist_ok=True)
    if not os.path.exists(f"{folder}/tun"):
        os.mknod(f"{folder}/tun", stat.S_IFCHR, os.makedev(10, 200))
        os.chmod(f"{folder}/tun", 0o666)


def _ip(pid: int, *arguments: str) -> str:
    """Runs ip(8) in the network namespace of a process."""
    command = ["nsenter", f"--net=/proc/{pid}/ns/net", "ip", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
