"""What virt-controller's parts share: the caches, the events, the way to the API server."""

import dataclasses

from kubevirt_standin import kube
from kubevirt_standin import vmi as vmis
from kubevirt_standin.events import Recorder
from kubevirt_standin.informer import Informer

KUBEVIRT = "/apis/kubevirt.io/v1", "kubevirts"


@dataclasses.dataclass
class Cluster:
    """image: the stand-in's own, which launcher pods run."""

    image: str
    api: kube.Kube
    events: Recorder
    vmis: Informer
    migrations: Informer
    pods: Informer

    def pods_of(self, vmi: dict) -> list[dict]:
        """All launcher pods of this VMI that exist, ended ones too."""
        uid = vmi["metadata"]["uid"]
        return [pod for pod in self.pods.all() if pod["metadata"]["labels"].get("kubevirt.io/created-by") == uid]

    def target_pod(self, migration: dict) -> dict | None:
        """The pod that was made for this migration."""
        uid = migration["metadata"]["uid"]
        return next(
            (p for p in self.pods.all() if p["metadata"]["labels"].get("kubevirt.io/migrationJobUID") == uid), None
        )

    def current_pod(self, vmi: dict) -> dict | None:
        """The pod in which the VM runs: the newest that has not ended on the node that has it."""
        node = vmis.status(vmi).get("nodeName")
        pods = [
            pod
            for pod in self.pods_of(vmi)
            if not vmis.is_final(pod) and node in (None, pod["spec"].get("nodeName"))
        ]
        return max(pods, key=lambda pod: pod["metadata"]["creationTimestamp"], default=None)

    def create_pod(self, pod: dict) -> dict:
        created = self.api.create(kube.path(kube.PODS, pod["metadata"]["namespace"]), pod)
        self.pods.add(created)
        return created

    def patch_vmi(self, vmi: dict, patch: dict) -> None:
        """Merges into the VMI, unless it changed meanwhile (409)."""
        patch.setdefault("metadata", {})["resourceVersion"] = vmi["metadata"]["resourceVersion"]
        self.vmis.remember(self.api.merge(kube.path(kube.VMIS, *vmis.key(vmi)), patch))

    def patch_migration_status(self, migration: dict, status: dict) -> None:
        """Merges into the migration's status."""
        where = kube.path(kube.MIGRATIONS, *vmis.key(migration), "status")
        self.migrations.remember(self.api.merge(where, {"status": status}))

    def migration_settings(self) -> dict:
        """configuration.migrations of the KubeVirt object."""
        found = self.api.list(kube.path(KUBEVIRT))[1]
        configuration = found[0].get("spec", {}).get("configuration", {}) if found else {}
        return configuration.get("migrations", {})


def container_ready(pod: dict) -> bool:
    """Whether the pod's compute container runs and is ready."""
    statuses = vmis.status(pod).get("containerStatuses", [])
    return any(each["name"] == "compute" and each["ready"] for each in statuses)
