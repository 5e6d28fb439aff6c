"""What KubeVirt's admission webhooks (virt-api) decide, as pure decisions on an AdmissionReview's request.

Refused: a second migration of a VM, a migration of a VM that cannot migrate, a priority set by anybody but
virt-controller, a change of a migration's spec, the eviction of a launcher pod (which asks for an evacuation instead).
"""

import base64
import json

from kubevirt_standin import kube
from kubevirt_standin import vmi as vmis
from kubevirt_standin.controller.migration_controller import FINALIZER

CONTROLLER = "system:serviceaccount:kubevirt:kubevirt-controller"


class Admission:
    """One method for each webhook; each takes the request and gives the response without its uid."""

    def __init__(self, api: kube.Kube) -> None:
        self._api = api

    def mutate_migration(self, request: dict) -> dict:
        """Every migration gets its finalizer and the label that names its VMI."""
        migration = request["object"]
        metadata = migration["metadata"]
        patch = []
        for field, value in (
            ("labels", {**metadata.get("labels", {}), "kubevirt.io/vmi-name": migration["spec"]["vmiName"]}),
            ("finalizers", [*metadata.get("finalizers", []), FINALIZER]),
        ):
            patch.append({"op": "add", "path": f"/metadata/{field}", "value": value})
        encoded = base64.b64encode(json.dumps(patch).encode()).decode()
        return {"allowed": True, "patchType": "JSONPatch", "patch": encoded}

    def validate_migration(self, request: dict) -> dict:
        """Refuses what KubeVirt refuses when a migration is created."""
        spec = request["object"]["spec"]
        namespace, name = request["namespace"], spec["vmiName"]
        if "priority" in spec and request["userInfo"]["username"] != CONTROLLER:
            return _refuse(400, "spec.priority may only be set by virt-controller")
        vmi = self._api.get(kube.path(kube.VMIS, namespace, name))
        if vmi is None:
            return _refuse(400, f'the VMI "{namespace}/{name}" does not exist under the cluster')
        if vmis.is_final(vmi):
            return _refuse(400, "Cannot migrate VMI in finalized state.")
        migratable = vmis.condition(vmi, "LiveMigratable")
        if migratable and migratable["status"] == "False":
            reason, message = migratable["reason"], migratable["message"]
            return _refuse(400, f"Cannot migrate VMI, Reason: {reason}, Message: {message}")
        active = self._active_migration(namespace, name)
        if active:
            return _refuse(400, f"in-flight migration detected. Active migration job ({active}) is currently already "
                                f"in progress for VMI {name}.")  # fmt: skip
        return {"allowed": True}

    def _active_migration(self, namespace: str, vmi_name: str) -> str | None:
        for migration in self._api.list(kube.path(kube.MIGRATIONS, namespace))[1]:
            if migration["spec"]["vmiName"] == vmi_name and not vmis.is_final(migration):
                return migration["metadata"]["uid"]
        return None

    def validate_migration_update(self, request: dict) -> dict:
        if request["object"]["spec"] != request["oldObject"]["spec"]:
            return _refuse(400, "update of Migration object's spec is restricted")
        return {"allowed": True}

    def intercept_eviction(self, request: dict) -> dict:
        """Refuses to evict a launcher pod of a VM that can migrate, and asks for the VM's evacuation."""
        pod = self._api.get(kube.path(kube.PODS, request["namespace"], request["name"]))
        labels = pod["metadata"].get("labels", {}) if pod else {}
        if labels.get("kubevirt.io") != "virt-launcher" or vmis.is_final(pod):
            return {"allowed": True}
        where = kube.path(kube.VMIS, *vmis.key_of_pod(pod))
        vmi = self._api.get(where)
        node = pod["spec"].get("nodeName")
        if vmi is None or vmi["spec"].get("evictionStrategy") not in ("LiveMigrate", "LiveMigrateIfPossible"):
            return {"allowed": True}
        if vmis.status(vmi).get("nodeName") == node and not request.get("dryRun"):
            self._api.merge(where, {"status": {"evacuationNodeName": node}})
        return _refuse(429, f'Eviction triggered evacuation of VMI "{"/".join(vmis.key(vmi))}"', "TooManyRequests")


def _refuse(code: int, message: str, reason: str = "BadRequest") -> dict:
    return {"allowed": False, "status": {"code": code, "reason": reason, "message": message}}
