"""virt-handler's part in a VM that its node owns: starting it, telling how it is, ending it."""

from kubevirt_standin import vmi as vmis
from kubevirt_standin.handler import network
from kubevirt_standin.handler.launchers import Launcher, LauncherError
from kubevirt_standin.handler.node import Node

_MACHINE = "pc-q35-10.0"  # what q35 stands for in QEMU 10.0


class Owner:
    """Drives the VMIs whose status.nodeName is this node."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def reconcile(self, vmi: dict) -> None:
        """One step for this VMI."""
        pods = self._node.live_pods(vmi)
        if vmis.is_deleted(vmi) or vmis.is_final(vmi):
            self._end(vmi, pods)
        elif not pods:
            self._lost(vmi)
        elif vmis.phase(vmi) == "Scheduled":
            self._start(vmi, pods[0])
        elif vmis.phase(vmi) == "Running":
            self._observe(vmi, self._node.launchers.of(pods[0], vmi))

    def _start(self, vmi: dict, pod: dict) -> None:
        launcher = self._node.launchers.of(pod, vmi)
        if launcher.state["domain"]["state"] != "Running":
            network.plug(launcher.pid, pod, vmi)
            launcher.command("start", vmi)
            self._node.events.normal(vmi, "Created", "VirtualMachineInstance defined.")
            return  # the launcher's next state brings us back
        self._node.events.normal(vmi, "Started", "VirtualMachineInstance started.")
        self._node.patch(vmi, {**vmis.to_phase(vmi, "Running"), **_facts(vmi)})

    def _observe(self, vmi: dict, launcher: Launcher) -> None:
        domain = launcher.state["domain"]
        failed = vmis.migration_state(vmi).get("failed")
        gone = vmis.lost_in_postcopy(vmi) and domain["state"] != "Running"
        if gone or (failed and domain["reason"] == "PostCopyFailed"):
            self._irrecoverable(vmi, launcher)
        elif domain["state"] in ("Shutoff", "Crashed") and domain["reason"] != "Migrated":
            self._stopped(vmi, crashed=domain["reason"] in ("Crashed", "Failed"))
        elif launcher.state["agentConnected"] and not vmis.condition(vmi, "AgentConnected"):
            conditions = vmis.with_condition(vmi, "AgentConnected", "True", probe=vmis.now())
            self._node.patch(vmi, {"conditions": conditions})

    def _irrecoverable(self, vmi: dict, launcher: Launcher) -> None:
        """The guest's memory is in two halves: end it. KubeVirt calls it a crash only where it knows of post-copy."""
        self._node.events.normal(vmi, "Deleted", "VirtualMachineInstance stopping")
        launcher.command("destroy", vmi)
        known = vmis.lost_in_postcopy(vmi)
        if known:
            message = "VMI is irrecoverable due to failed post-copy migration"
            self._node.events.warning(vmi, "SyncFailed", message)
        self._stopped(vmi, crashed=known)

    def _lost(self, vmi: dict) -> None:
        if vmis.phase(vmi) == "Running":
            self._stopped(vmi, crashed=True)

    def _stopped(self, vmi: dict, crashed: bool) -> None:
        status = {
            **vmis.to_phase(vmi, "Failed" if crashed else "Succeeded"),
            "conditions": vmis.without_condition(vmi, "AgentConnected"),
        }
        self._node.patch(vmi, status)
        for pod in self._node.live_pods(vmi):
            signal_deletion(self._node, vmi, pod)
        how = "crashed" if crashed else "was shut down"
        self._node.events.warning(vmi, "Stopped", f"The VirtualMachineInstance {how}.")

    def _end(self, vmi: dict, pods: list[dict]) -> None:
        """Has the launchers of a VMI that is over leave; their pods are then complete."""
        for pod in pods:
            signal_deletion(self._node, vmi, pod)
        if not vmis.is_final(vmi) and not pods:
            self._node.patch(vmi, vmis.to_phase(vmi, "Succeeded"))


def signal_deletion(node: Node, vmi: dict, pod: dict, tell: bool = True) -> None:
    """Has the pod's launcher end its domain and exit, so that the pod succeeds."""
    try:
        node.launchers.of(pod, vmi).command("exit", vmi)
    except LauncherError:
        return  # it has left
    if tell:
        node.events.normal(vmi, "Deleted", "Signaled Deletion")


def _facts(vmi: dict) -> dict:
    """What virt-handler tells of a VM that has started."""
    conditions = [c for c in vmis.status(vmi).get("conditions", []) if "LiveMigratable" not in c["type"]]
    method = "LiveMigration"
    live = {"type": "LiveMigratable", "status": "True", "lastProbeTime": None, "lastTransitionTime": None}
    refusal = _not_migratable(vmi)
    if refusal:
        live |= {"status": "False", "reason": refusal[0], "message": refusal[1]}
        method = "BlockMigration"
    storage = {"type": "StorageLiveMigratable", "status": "True", "lastProbeTime": None, "lastTransitionTime": None}
    return {
        "conditions": [*conditions, live, storage],
        "migrationMethod": method,
        "migrationTransport": "Unix",
        "machine": {"type": _MACHINE},
    }


def _not_migratable(vmi: dict) -> tuple[str, str] | None:
    """(reason, message) of the first thing in the spec for which KubeVirt will not migrate the VM."""
    devices = vmi["spec"]["domain"].get("devices", {})
    if devices.get("hostDevices") or devices.get("gpus"):
        return "HostDeviceNotLiveMigratable", "VMI uses a PCI host devices"
    bridged = sum("bridge" in interface for interface in devices.get("interfaces", []))
    if bridged > len(vmis.bridged_networks(vmi)):
        return "InterfaceNotLiveMigratable", (
            "cannot migrate VMI which does not use masquerade, bridge with "
            "kubevirt.io/allow-pod-bridge-network-live-migration VM annotation or a migratable plugin "
            "to connect to the pod network"
        )
    return None
