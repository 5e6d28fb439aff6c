"""virt-handler's part in a migration to its node."""

from kubevirt_standin import vmi as vmis
from kubevirt_standin.handler import network, relay
from kubevirt_standin.handler.launchers import Launcher, LauncherError
from kubevirt_standin.handler.node import Node
from kubevirt_standin.launcher.libvirtd import SOCKET
from kubevirt_standin.launcher.migration import PROXY_PORTS, proxy_socket


class Target:
    """Opens the relay's far end and tells on the VMI when the domain is there, runs, and has arrived."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._relays: dict[str, dict[int, relay.Relay]] = {}

    def reconcile(self, vmi: dict) -> None:
        """One step of the migration that the VMI's migrationState tells of and whose target this node is."""
        state = vmis.migration_state(vmi)
        try:
            launcher = self._node.launcher(vmi, state["targetPod"])
        except LauncherError as error:
            if "targetNodeAddress" not in state:
                self._node.events.warning(vmi, "SyncFailed", str(error))
            raise
        domain = launcher.state["domain"]
        if "startTimestamp" not in state and not self._listens(state):
            self._listen(vmi, launcher)
        elif domain["state"] in ("Running", "Paused") and "targetNodeDomainDetected" not in state:
            self._tell(vmi, targetNodeDomainDetected=True)
        elif domain["state"] == "Running" and "targetNodeDomainReadyTimestamp" not in state:
            self._tell(vmi, targetNodeDomainReadyTimestamp=vmis.now())
        elif domain == {"state": "Running", "reason": "Migrated"} and "endTimestamp" not in state:
            self._arrived(vmi)

    def release(self, vmi: dict) -> None:
        """Closes the relay of the migration that the VMI's migrationState tells of."""
        for each in self._relays.pop(vmis.migration_state(vmi)["migrationUid"], {}).values():
            each.close()

    def _listens(self, state: dict) -> bool:
        """Whether the relay's far end is open and the VMI tells where."""
        return state["migrationUid"] in self._relays and "targetNodeAddress" in state

    def _listen(self, vmi: dict, launcher: Launcher) -> None:
        relays = self._relays.get(vmis.migration_state(vmi)["migrationUid"]) or self._open(vmi, launcher)
        self._tell(
            vmi,
            targetNodeAddress=self._node.address,
            targetDirectMigrationNodePorts={str(each.port): port for port, each in relays.items()},
        )

    def _open(self, vmi: dict, launcher: Launcher) -> dict[int, relay.Relay]:
        pod = self._node.pods.get((vmi["metadata"]["namespace"], vmis.migration_state(vmi)["targetPod"]))
        network.plug(launcher.pid, pod, vmi)
        launcher.command("prepare_target", vmi)
        self._node.events.normal(vmi, "PreparingTarget", "VirtualMachineInstance Migration Target Prepared.")
        # QEMU listens at the same path here as its counterpart connects to at the source.
        sockets = {0: SOCKET, PROXY_PORTS[1]: proxy_socket(vmi["metadata"]["uid"], PROXY_PORTS[1])}
        relays = {port: self._relay(launcher, path) for port, path in sockets.items()}
        self._relays[vmis.migration_state(vmi)["migrationUid"]] = relays
        ports = ",".join(str(each.port) for each in relays.values())
        self._node.events.normal(
            vmi, "PreparingTarget", f"Migration Target is listening at {self._node.address}, on ports: {ports}"
        )
        return relays

    def _relay(self, launcher: Launcher, path: str) -> relay.Relay:
        directory, _, name = path.rpartition("/")
        return relay.Relay(
            relay.listen_tcp(self._node.address), lambda: relay.connect_unix(launcher.folder(directory), name)
        )

    def _tell(self, vmi: dict, **news: object) -> None:
        self._node.patch(vmi, {"migrationState": news})

    def _arrived(self, vmi: dict) -> None:
        message = f"The VirtualMachineInstance migrated to node {self._node.name}."
        self._node.events.normal(vmi, "Migrated", message)
        status = {
            "nodeName": self._node.name,
            "launcherContainerImageVersion": None,
            "evacuationNodeName": None,
            "migrationState": {"endTimestamp": vmis.now()},
        }
        self._node.patch(vmi, status, labels={"kubevirt.io/nodeName": self._node.name})
