"""From a VMI to its launcher pod, and what virt-controller tells on the VMI afterwards."""

import uuid

from kubevirt_standin import kube
from kubevirt_standin import vmi as vmis
from kubevirt_standin.controller import launcher_pod
from kubevirt_standin.controller.cluster import Cluster, container_ready
from kubevirt_standin.controller.evacuation import EvacuationController

_FINALIZER = "kubevirt.io/foregroundDeleteVirtualMachine"


class VmiController:
    def __init__(self, cluster: Cluster, evacuation: EvacuationController) -> None:
        self._cluster = cluster
        self._evacuation = evacuation

    def reconcile(self, key: tuple[str, str]) -> None:
        """One step for this VMI; its own change brings the next."""
        vmi = self._cluster.vmis.get(key)
        if vmi is None:
            return
        if vmis.is_deleted(vmi):
            self._delete(vmi)
        elif not vmis.phase(vmi):
            self._adopt(vmi)
        elif vmis.is_final(vmi):
            self._tell_end(vmi)
        else:
            self._drive(vmi)

    def _adopt(self, vmi: dict) -> None:
        """Sets what KubeVirt's webhook would have set, and the first phase."""
        spec = vmi["spec"]["domain"]
        guest = spec.get("memory", {}).get("guest", "")
        sizes = dict.fromkeys(("guestAtBoot", "guestCurrent", "guestRequested"), guest)
        firmware = {"uuid": spec.get("firmware", {}).get("uuid", str(uuid.uuid4()))}
        domain = {
            "cpu": {"cores": 1, "model": "host-model", **spec.get("cpu", {})},
            "features": {"acpi": {"enabled": True}},
            "firmware": firmware,
            "machine": {"type": "q35"},
        }
        metadata = {
            "finalizers": [_FINALIZER],
            "annotations": {
                "kubevirt.io/latest-observed-api-version": "v1",
                "kubevirt.io/nonroot": "true",
                "kubevirt.io/pci-topology-version": "v3",
                "kubevirt.io/storage-observed-api-version": "v1",
            },
        }
        status = {
            **vmis.to_phase(vmi, "Pending"),
            "currentCPUTopology": {"cores": vmis.vcpus(vmi)},
            "guestOSInfo": {},
            "memory": {**sizes, "memoryOverhead": vmis.MEMORY_OVERHEAD},
            "runtimeUser": 107,
            "selinuxContext": "none",
        }
        spec_patch = {"architecture": "amd64", "domain": domain}
        self._cluster.patch_vmi(vmi, {"metadata": metadata, "spec": spec_patch, "status": status})

    def _drive(self, vmi: dict) -> None:
        pod = self._cluster.current_pod(vmi)
        phase = vmis.phase(vmi)
        if phase == "Pending" and not self._cluster.pods_of(vmi):
            self._create_pod(vmi)
        elif phase == "Pending":
            self._patch_status(vmi, vmis.to_phase(vmi, "Scheduling"))
        elif pod is None:
            if not vmis.migrates(vmi):
                self._patch_status(vmi, vmis.to_phase(vmi, "Failed"))
        elif phase == "Scheduling" and container_ready(pod):
            self._scheduled(vmi, pod)
        elif not self._follow_pods(vmi, pod) and phase == "Running":
            self._evacuation.reconcile(vmi)
            self._follow_vmi(vmi, pod)

    def _create_pod(self, vmi: dict) -> None:
        pod = self._cluster.create_pod(launcher_pod.render(vmi, self._cluster.image))
        name = pod["metadata"]["name"]
        self._cluster.events.normal(vmi, "SuccessfulCreate", f"Created virtual machine pod {name}")
        self._patch_status(vmi, vmis.to_phase(vmi, "Scheduling"))

    def _scheduled(self, vmi: dict, pod: dict) -> None:
        node = pod["spec"]["nodeName"]
        status = {
            **vmis.to_phase(vmi, "Scheduled"),
            "nodeName": node,
            "activePods": {pod["metadata"]["uid"]: node},
            "qosClass": pod["status"]["qosClass"],
        }
        self._cluster.patch_vmi(vmi, {"metadata": {"labels": {"kubevirt.io/nodeName": node}}, "status": status})

    def _follow_pods(self, vmi: dict, current: dict) -> bool:
        """Brings what the VMI tells of its pods up to date. True where that changed something."""
        status: dict = {}
        told = vmis.status(vmi).get("activePods", {})
        pods = {pod["metadata"]["uid"]: pod["spec"].get("nodeName", "") for pod in self._cluster.pods_of(vmi)}
        if told != pods:
            status["activePods"] = {**dict.fromkeys(told), **pods}
        if "nodeName" in vmis.status(vmi):
            image = current["spec"]["containers"][0]["image"]
            if vmis.status(vmi).get("launcherContainerImageVersion") != image:
                status["launcherContainerImageVersion"] = image
            conditions = _ready(vmi, current)
            if conditions:
                status["conditions"] = conditions
        if status:
            self._patch_status(vmi, status)
        return bool(status)

    def _follow_vmi(self, vmi: dict, pod: dict) -> None:
        """Opens the pod's readiness gate and keeps its node label as the VMI's."""
        where = kube.path(kube.PODS, *vmis.key(pod))
        if vmis.condition(pod, launcher_pod.UNPAUSED) is None:
            unpaused = {
                "type": launcher_pod.UNPAUSED,
                "status": "True",
                "lastProbeTime": vmis.now(),
                "lastTransitionTime": vmis.now(),
                "reason": "NotPaused",
                "message": "the virtual machine is not paused",
            }
            patch = {"status": {"conditions": [unpaused]}}
            self._cluster.pods.remember(self._cluster.api.strategic_merge(where + "/status", patch))
        node = {"kubevirt.io/nodeName": vmi["status"]["nodeName"]}
        if not node.items() <= pod["metadata"]["labels"].items():
            self._cluster.pods.remember(self._cluster.api.merge(where, {"metadata": {"labels": node}}))

    def _tell_end(self, vmi: dict) -> None:
        reason, message = (
            ("GuestNotRunning", "Guest VM is not reported as running")
            if self._cluster.current_pod(vmi)
            else ("PodTerminating", "virt-launcher pod is terminating")
        )
        now = vmis.now()
        conditions = vmis.with_condition(vmi, "Ready", "False", reason, message, probe=now, transition=now)
        if conditions:
            self._patch_status(vmi, {"conditions": conditions})

    def _delete(self, vmi: dict) -> None:
        """Ends the pods of a VMI that was deleted; lets it go once they are gone."""
        pods = self._cluster.pods_of(vmi)
        for pod in pods:
            if not vmis.is_deleted(pod):
                self._cluster.api.delete(kube.path(kube.PODS, *vmis.key(pod)))
        if not pods and _FINALIZER in vmi["metadata"].get("finalizers", []):
            kept = [each for each in vmi["metadata"]["finalizers"] if each != _FINALIZER]
            self._cluster.patch_vmi(vmi, {"metadata": {"finalizers": kept}})

    def _patch_status(self, vmi: dict, status: dict) -> None:
        self._cluster.patch_vmi(vmi, {"status": status})


def _ready(vmi: dict, pod: dict) -> list[dict] | None:
    """The VMI's conditions with Ready as its pod has it, or None where they say so already."""
    of_pod = vmis.condition(pod, "Ready") or {"status": "False", "reason": "PodConditionMissing"}
    return vmis.with_condition(
        vmi,
        "Ready",
        of_pod["status"],
        of_pod.get("reason", ""),
        of_pod.get("message", ""),
        transition=of_pod.get("lastTransitionTime"),
    )
