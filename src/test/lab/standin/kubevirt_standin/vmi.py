"""Reading VirtualMachineInstances (plain dicts, as the API gives them)."""

import datetime
import hashlib
import re

_UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12,
          "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}  # fmt: skip
_QUANTITY = re.compile(r"^(\d+(?:\.\d+)?)(|k|M|G|T|Ki|Mi|Gi|Ti)$")

FINAL_PHASES = ("Succeeded", "Failed")
# What KubeVirt adds to the guest's memory for QEMU, libvirt and itself. It computes 236Mi for the recorded VM;
# the stand-in takes the same for every VM.
MEMORY_OVERHEAD = "236Mi"


def quantity(text: str) -> int:
    """A Kubernetes quantity such as "512Mi" or "1G", in whole units. Raises ValueError for any other text."""
    match = _QUANTITY.match(str(text))
    if not match:
        raise ValueError(f"not a quantity that the stand-in knows: {text!r}")
    return int(float(match[1]) * _UNITS[match[2]])


def now() -> str:
    """This moment as the API writes it (UTC, whole seconds)."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def key(obj: dict) -> tuple[str, str]:
    """(namespace, name)"""
    return obj["metadata"].get("namespace", ""), obj["metadata"]["name"]


def key_of_pod(pod: dict) -> tuple[str, str]:
    """The key of the VMI that a launcher pod belongs to. By its annotation, since KubeVirt's labels may be taken off."""
    return pod["metadata"]["namespace"], pod["metadata"].get("annotations", {}).get("kubevirt.io/domain", "")


def domain_name(vmi: dict) -> str:
    """The libvirt domain's name: <namespace>_<name>."""
    return "_".join(key(vmi))


def guest_memory_bytes(vmi: dict) -> int:
    """Size of the guest's RAM in bytes."""
    domain = vmi["spec"]["domain"]
    guest = domain.get("memory", {}).get("guest") or domain["resources"]["requests"]["memory"]
    return quantity(guest)


def vcpus(vmi: dict) -> int:
    """Number of the guest's CPUs: cores × sockets × threads."""
    cpu = vmi["spec"]["domain"].get("cpu", {})
    return cpu.get("cores", 1) * cpu.get("sockets", 1) * cpu.get("threads", 1)


def bridged_networks(vmi: dict) -> list[tuple[dict, str]]:
    """The VMI's interfaces with a bridge binding to a network that is not the pods', each with that network's name."""
    spec = vmi["spec"]
    multus = {each["name"]: each["multus"]["networkName"] for each in spec.get("networks", []) if "multus" in each}
    interfaces = spec["domain"].get("devices", {}).get("interfaces", [])
    return [(each, multus[each["name"]]) for each in interfaces if "bridge" in each and each["name"] in multus]


def link_name(prefix: str, interface: dict) -> str:
    """The name of a network link of this interface in the launcher pod, made as KubeVirt makes it."""
    return prefix + hashlib.sha256(interface["name"].encode()).hexdigest()[:11]


def has_cpu_limit(vmi: dict) -> bool:
    """Whether KubeVirt leaves multifd out: the VM has a CPU limit or CPUs of its own."""
    domain = vmi["spec"]["domain"]
    limits = domain.get("resources", {}).get("limits", {})
    return "cpu" in limits or domain.get("cpu", {}).get("dedicatedCpuPlacement", False)


def status(obj: dict) -> dict:
    return obj.get("status") or {}


def phase(obj: dict) -> str:
    return status(obj).get("phase", "")


def is_final(obj: dict) -> bool:
    return phase(obj) in FINAL_PHASES


def is_deleted(obj: dict) -> bool:
    return "deletionTimestamp" in obj["metadata"]


def migration_state(vmi: dict) -> dict:
    """status.migrationState, or an empty dict."""
    return status(vmi).get("migrationState") or {}


def migrates(vmi: dict) -> bool:
    """Whether a migration was handed to the nodes and has not ended."""
    state = migration_state(vmi)
    return bool(state.get("migrationUid")) and not state.get("completed") and not state.get("failed")


def lost_in_postcopy(vmi: dict) -> bool:
    """Whether the last migration failed in post-copy, as far as KubeVirt knows: the guest's memory is in two halves."""
    state = migration_state(vmi)
    return bool(state.get("failed")) and state.get("mode") == "PostCopy"


def condition(obj: dict, type_: str) -> dict | None:
    return next((c for c in status(obj).get("conditions", []) if c["type"] == type_), None)


def with_condition(obj: dict, type_: str, status_: str, reason: str = "", message: str = "",
                   probe: str | None = None, transition: str | None = None) -> list[dict] | None:  # fmt: skip
    """obj's conditions with this one set, or None where it already says so."""
    old = condition(obj, type_)
    new = {"type": type_, "status": status_, "lastProbeTime": probe, "lastTransitionTime": transition}
    if reason:
        new["reason"] = reason
    if message:
        new["message"] = message
    if old and all(old.get(k) == new.get(k) for k in ("status", "reason", "message")):
        return None
    others = list(status(obj).get("conditions", []))
    if old:
        others[others.index(old)] = new
        return others
    return others + [new]


def without_condition(obj: dict, type_: str) -> list[dict]:
    return [c for c in status(obj).get("conditions", []) if c["type"] != type_]


def to_phase(obj: dict, new: str) -> dict:
    """The part of a status that moves a VMI or a migration to this phase."""
    history = status(obj).get("phaseTransitionTimestamps", [])
    return {
        "phase": new,
        "phaseTransitionTimestamps": [*history, {"phase": new, "phaseTransitionTimestamp": now()}],
    }
