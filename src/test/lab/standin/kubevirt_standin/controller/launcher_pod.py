"""The virt-launcher pod of a VMI, and of the target of its migration."""

from kubevirt_standin import vmi as vmis
from kubevirt_standin.launcher.domain_xml import KERNEL_BOOT_DIR, PRIVATE_DIR, serial_log

UNPAUSED = "kubevirt.io/virtual-machine-unpaused"
# Of the stand-in alone: a seccomp profile type for the pod, such as RuntimeDefault, which closes userfaultfd to QEMU.
SECCOMP_ANNOTATION = "standin.hotfoot.io/seccomp-profile"

_QEMU = 107
_EMPTY_DIRS = {
    "private": PRIVATE_DIR,
    "public": "/var/run/kubevirt",
    "ephemeral-disks": "/var/run/kubevirt-ephemeral-disks",
    "libvirt-runtime": "/var/run/libvirt",
    "sockets": "/var/run/kubevirt/sockets",
    "hotplug-disks": "/var/run/kubevirt/hotplug-disks",
}
_DIRS = {"XDG_CACHE_HOME": PRIVATE_DIR, "XDG_CONFIG_HOME": PRIVATE_DIR, "XDG_RUNTIME_DIR": "/var/run"}


def render(vmi: dict, image: str) -> dict:
    """The pod in which the VMI starts. image: the stand-in's."""
    name = vmi["metadata"]["name"]
    spec = vmi["spec"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": f"virt-launcher-{name}-",
            "namespace": vmi["metadata"]["namespace"],
            "labels": {
                **vmi["metadata"].get("labels", {}),
                "kubevirt.io": "virt-launcher",
                "kubevirt.io/created-by": vmi["metadata"]["uid"],
                "vm.kubevirt.io/name": name,
                "vmi.kubevirt.io/id": name,
            },
            "annotations": {
                "descheduler.alpha.kubernetes.io/request-evict-only": "",
                "kubectl.kubernetes.io/default-container": "compute",
                "kubevirt.io/domain": name,
                "kubevirt.io/memory-overhead-bytes": str(vmis.quantity(vmis.MEMORY_OVERHEAD)),
                "kubevirt.io/migrationTransportUnix": "true",
                "kubevirt.io/nonroot": "true",
                "kubevirt.io/pci-topology-version": "v3",
            },
            "ownerReferences": [
                {
                    "apiVersion": vmi["apiVersion"],
                    "kind": vmi["kind"],
                    "name": name,
                    "uid": vmi["metadata"]["uid"],
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
        },
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": 30,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "hostname": name,
            "nodeSelector": {
                "kubernetes.io/arch": "amd64",
                "kubevirt.io/schedulable": "true",
                **spec.get("nodeSelector", {}),
            },
            "tolerations": spec.get("tolerations", []),
            "affinity": {**spec.get("affinity", {})},
            "readinessGates": [{"conditionType": UNPAUSED}],
            "securityContext": {"runAsUser": _QEMU, "runAsGroup": _QEMU, "runAsNonRoot": True, "fsGroup": _QEMU},
            "containers": [_compute(vmi, image)],
            "volumes": [*({"name": each, "emptyDir": {}} for each in _EMPTY_DIRS), _kernel_boot(vmi)],
        },
    }
    if spec["domain"].get("devices", {}).get("logSerialConsole", True):
        pod["spec"]["initContainers"] = [_console_log(vmi, image)]
    profile = vmi["metadata"].get("annotations", {}).get(SECCOMP_ANNOTATION)
    if profile:
        pod["spec"]["securityContext"]["seccompProfile"] = {"type": profile}
    return pod


def render_target(vmi: dict, migration: dict, image: str) -> dict:
    """The pod to which the migration moves the VMI: on another node, where addedNodeSelector lets it."""
    pod = render(vmi, image)
    pod["metadata"]["labels"]["kubevirt.io/migrationJobUID"] = migration["metadata"]["uid"]
    pod["metadata"]["annotations"]["kubevirt.io/migrationJobName"] = migration["metadata"]["name"]
    pod["spec"]["nodeSelector"] |= migration["spec"].get("addedNodeSelector", {})
    apart = {
        "labelSelector": {"matchLabels": {"kubevirt.io/created-by": vmi["metadata"]["uid"]}},
        "topologyKey": "kubernetes.io/hostname",
    }
    anti = pod["spec"]["affinity"].setdefault("podAntiAffinity", {})
    rules = anti.get("requiredDuringSchedulingIgnoredDuringExecution", [])
    anti["requiredDuringSchedulingIgnoredDuringExecution"] = [*rules, apart]
    return pod


def _compute(vmi: dict, image: str) -> dict:
    namespace, name = vmis.key(vmi)
    return {
        "name": "compute",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": [
            "/usr/bin/virt-launcher-monitor",
            *("--name", name, "--uid", vmi["metadata"]["uid"], "--namespace", namespace),
            *("--kubevirt-share-dir", "/var/run/kubevirt", "--run-as-nonroot", "--allow-emulation"),
        ],
        "env": [
            *({"name": variable, "value": value} for variable, value in _DIRS.items()),
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ],
        "resources": _resources(vmi),
        "securityContext": _unprivileged(add=["NET_BIND_SERVICE"]),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            *({"name": each, "mountPath": path} for each, path in _EMPTY_DIRS.items()),
            {"name": "kernel-boot-volume", "mountPath": KERNEL_BOOT_DIR, "readOnly": True},
        ],
    }


def _resources(vmi: dict) -> dict:
    wanted = vmi["spec"]["domain"].get("resources", {})
    overhead = vmis.quantity(vmis.MEMORY_OVERHEAD)
    memory = (vmis.guest_memory_bytes(vmi) + overhead) // 2**20
    requests = {"cpu": "100m", **wanted.get("requests", {}), "ephemeral-storage": "50M", "memory": f"{memory}Mi"}
    limits = dict(wanted.get("limits", {}))
    if "memory" in limits:
        limits["memory"] = f"{(vmis.quantity(limits['memory']) + overhead) // 2**20}Mi"
    return {"requests": requests, **({"limits": limits} if limits else {})}


def _console_log(vmi: dict, image: str) -> dict:
    """The sidecar whose log is the guest's serial console. Without KubeVirt's CPU limit of 15m: Python needs more."""
    return {
        "name": "guest-console-log",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "restartPolicy": "Always",
        "command": ["/usr/bin/virt-tail", "--logfile", serial_log(vmi["metadata"]["uid"])],
        "resources": {"requests": {"cpu": "5m", "memory": "35M"}, "limits": {"memory": "60M"}},
        "securityContext": _unprivileged(),
        "volumeMounts": [{"name": "private", "mountPath": PRIVATE_DIR, "readOnly": True}],
    }


def _kernel_boot(vmi: dict) -> dict:
    container = vmi["spec"]["domain"]["firmware"]["kernelBoot"]["container"]
    image = {"reference": container["image"], "pullPolicy": container.get("imagePullPolicy", "IfNotPresent")}
    return {"name": "kernel-boot-volume", "image": image}


def _unprivileged(add: list[str] | None = None) -> dict:
    capabilities = {"drop": ["ALL"], **({"add": add} if add else {})}
    return {
        "runAsUser": _QEMU,
        "runAsGroup": _QEMU,
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "capabilities": capabilities,
    }
