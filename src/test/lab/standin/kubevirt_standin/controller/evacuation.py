"""KubeVirt's evacuation controller: a VM whose status names its own node in evacuationNodeName is migrated."""

from kubevirt_standin import kube
from kubevirt_standin import vmi as vmis
from kubevirt_standin.controller.cluster import Cluster
from kubevirt_standin.events import Recorder

_IN_PROGRESS = {"descheduler.alpha.kubernetes.io/eviction-in-progress": "true"}
_CONDITION = "EvictionRequested"


class EvacuationController:
    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._events = Recorder(cluster.api, "evacuation-controller")

    def reconcile(self, vmi: dict) -> None:
        """Creates the migration that an evacuation asks for, once; says on the VMI that there is one."""
        node = vmis.status(vmi).get("evacuationNodeName")
        self._mark(vmi, bool(node))
        if not node or node != vmis.status(vmi).get("nodeName") or self._under_way(vmi, node):
            return
        migration = {
            "apiVersion": "kubevirt.io/v1",
            "kind": "VirtualMachineInstanceMigration",
            "metadata": {
                "generateName": "kubevirt-evacuation-",
                "annotations": {"kubevirt.io/evacuationMigration": node},
            },
            "spec": {"vmiName": vmi["metadata"]["name"], "priority": "system-critical"},
        }
        created = self._cluster.api.create(kube.path(kube.MIGRATIONS, vmis.key(vmi)[0]), migration)
        self._cluster.migrations.add(created)
        self._events.normal(vmi, "SuccessfulCreate", f"Created Migration {created['metadata']['name']}")
        pod = self._cluster.current_pod(vmi)
        if pod:
            where = kube.path(kube.PODS, *vmis.key(pod))
            self._cluster.pods.remember(self._cluster.api.merge(where, {"metadata": {"annotations": _IN_PROGRESS}}))

    def _mark(self, vmi: dict, asked: bool) -> None:
        conditions = None
        if asked:
            message = "VMI is marked for eviction"
            conditions = vmis.with_condition(vmi, _CONDITION, "True", _CONDITION, message, transition=vmis.now())
        elif vmis.condition(vmi, _CONDITION):
            conditions = vmis.without_condition(vmi, _CONDITION)
        if conditions is not None:
            self._cluster.patch_vmi(vmi, {"status": {"conditions": conditions}})

    def _under_way(self, vmi: dict, node: str) -> bool:
        """Whether the VM migrates, or an evacuation from this node was tried: a failed one is not tried again here."""
        for migration in self._cluster.migrations.all():
            mine = vmis.key(migration)[0] == vmis.key(vmi)[0] and migration["spec"]["vmiName"] == vmi["metadata"]["name"]
            tried = migration["metadata"].get("annotations", {}).get("kubevirt.io/evacuationMigration") == node
            if mine and (tried or not vmis.is_final(migration)):
                return True
        return False
