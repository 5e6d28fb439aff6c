"""virt-handler's part in a migration away from its node."""

import os

from kubevirt_standin import vmi as vmis
from kubevirt_standin.handler import relay
from kubevirt_standin.handler.launchers import Launcher
from kubevirt_standin.handler.node import Node
from kubevirt_standin.launcher.migration import PROXY_DIR, proxy_socket

_QEMU = 107
_TOLD_BY_LAUNCHER = ("mode", "startTimestamp")
_TOLD_AT_FAILURE = ("completed", "failed", "failureReason", "endTimestamp", "abortStatus")


class Source:
    """Starts the migration, tells its course on the VMI, aborts it, and ends the VM where post-copy failed."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._relays: dict[str, list[relay.Relay]] = {}
        self._aborting: set[str] = set()

    def reconcile(self, vmi: dict) -> None:
        """One step of the migration that the VMI's migrationState tells of and whose source this node is."""
        state = vmis.migration_state(vmi)
        if all(pod["metadata"]["name"] != state["sourcePod"] for pod in self._node.live_pods(vmi)):
            self._failed(vmi, {"completed": True, "failed": True, "failureReason": "source virt-launcher pod ended"})
            return
        launcher = self._node.launcher(vmi, state["sourcePod"])
        told = launcher.state["migration"] or {}
        if told.get("uid") != state["migrationUid"]:
            if "targetNodeAddress" in state:
                self._start(vmi, launcher)
            return
        news = {field: told[field] for field in _TOLD_BY_LAUNCHER if told.get(field) != state.get(field)}
        if told.get("failed"):
            self._failed(vmi, told)
        elif news:
            self._node.patch(vmi, {"migrationState": news})
        elif told.get("completed") and "endTimestamp" in state:
            self._node.patch(vmi, {"migrationState": {"completed": True}})
            self._close(state["migrationUid"])
        elif state.get("abortRequested"):
            self._abort(vmi, launcher)

    def _start(self, vmi: dict, launcher: Launcher) -> None:
        state = vmis.migration_state(vmi)
        uid = vmi["metadata"]["uid"]
        self._close(state["migrationUid"])
        launcher.command("prepare_proxy", vmi)
        relays = self._relays[state["migrationUid"]] = []
        for tcp_port, proxy_port in state["targetDirectMigrationNodePorts"].items():
            name = proxy_socket(uid, proxy_port).rpartition("/")[2]
            listener = relay.listen_unix(launcher.folder(PROXY_DIR), name, _QEMU)
            target = state["targetNodeAddress"], int(tcp_port)
            delay_s = float(os.environ["RELAY_DELAY_MS"]) / 1000
            relays.append(relay.Relay(listener, lambda target=target: relay.connect_tcp(*target), delay_s))
        launcher.command("migrate", vmi)
        self._node.events.normal(vmi, "Migrating", "VirtualMachineInstance is migrating.")

    def _abort(self, vmi: dict, launcher: Launcher) -> None:
        uid = vmis.migration_state(vmi)["migrationUid"]
        if uid not in self._aborting:
            self._aborting.add(uid)
            launcher.command("abort", vmi)
            self._node.events.normal(vmi, "Migrating", "VirtualMachineInstance is aborting migration.")

    def _failed(self, vmi: dict, told: dict) -> None:
        uid = vmis.migration_state(vmi)["migrationUid"]
        reason = told["failureReason"]
        self._node.events.warning(
            vmi, "Migrated", f"VirtualMachineInstance migration uid {uid} failed. reason:{reason}"
        )
        outcome = {field: told[field] for field in _TOLD_AT_FAILURE if field in told}
        self._node.patch(vmi, {"migrationState": outcome})
        self._close(uid)

    def _close(self, uid: str) -> None:
        for each in self._relays.pop(uid, []):
            each.close()
