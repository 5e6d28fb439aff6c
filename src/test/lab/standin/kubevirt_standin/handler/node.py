"""What virt-handler's parts share: this node, its launcher pods, and the way to the API server."""

import dataclasses

from kubevirt_standin import kube
from kubevirt_standin import vmi as vmis
from kubevirt_standin.events import Recorder
from kubevirt_standin.handler.launchers import Launcher, LauncherError, Launchers
from kubevirt_standin.informer import Informer


@dataclasses.dataclass
class Node:
    """name: the node's; address: virt-handler's own pod IP, where the relay listens."""

    name: str
    address: str
    api: kube.Kube
    events: Recorder
    launchers: Launchers
    vmis: Informer
    pods: Informer

    def live_pods(self, vmi: dict) -> list[dict]:
        """The VMI's launcher pods on this node that have not ended, newest first."""
        mine = [
            pod
            for pod in self.pods.all()
            if pod["metadata"]["labels"].get("kubevirt.io/created-by") == vmi["metadata"]["uid"]
            and not vmis.is_final(pod)
        ]
        return sorted(mine, key=lambda pod: pod["metadata"]["creationTimestamp"], reverse=True)

    def launcher(self, vmi: dict, pod_name: str) -> Launcher:
        """The launcher of the pod of that name. Raises LauncherError where it cannot be reached."""
        pod = self.pods.get((vmi["metadata"]["namespace"], pod_name))
        if pod is None or vmis.is_final(pod):
            raise LauncherError(f"no running launcher pod {pod_name} on {self.name}")
        return self.launchers.of(pod, vmi)

    def patch(self, vmi: dict, status: dict, labels: dict | None = None) -> None:
        """Merges into the VMI's status, unless it changed meanwhile (409). A VMI has no status subresource."""
        metadata = {"resourceVersion": vmi["metadata"]["resourceVersion"]}
        if labels:
            metadata["labels"] = labels
        patch = {"metadata": metadata, "status": status}
        self.vmis.remember(self.api.merge(kube.path(kube.VMIS, *vmis.key(vmi)), patch))
