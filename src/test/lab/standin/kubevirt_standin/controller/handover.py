"""The moment at which virt-controller hands a migration to the two nodes: the policy is resolved here."""

from kubevirt_standin import kube
from kubevirt_standin import vmi as vmis
from kubevirt_standin.controller import policy
from kubevirt_standin.controller.cluster import Cluster

_OF_THE_LAST = (
    "abortRequested",
    "abortStatus",
    "completed",
    "endTimestamp",
    "failed",
    "failureReason",
    "migrationPolicyName",
    "mode",
    "startTimestamp",
    "targetDirectMigrationNodePorts",
    "targetNodeAddress",
    "targetNodeDomainDetected",
    "targetNodeDomainReadyTimestamp",
)


def cluster_configuration(cluster: Cluster) -> dict:
    """The migration configuration without any policy."""
    return {**policy.DEFAULTS, **cluster.migration_settings()}


def patch(cluster: Cluster, migration: dict, vmi: dict, source: dict, target: dict) -> dict:
    """The merge patch that gives the VMI a fresh migrationState and the target's node label."""
    namespace = cluster.api.get(kube.path(kube.NAMESPACES, name=vmis.key(vmi)[0])) or {"metadata": {}}
    configuration, name = policy.resolve(
        cluster.migration_settings(),
        cluster.api.list(kube.path(kube.POLICIES))[1],
        vmi["metadata"].get("labels", {}),
        namespace["metadata"].get("labels", {}),
    )
    node = target["spec"]["nodeName"]
    state = {
        **dict.fromkeys(_OF_THE_LAST),
        "migrationUid": migration["metadata"]["uid"],
        "migrationConfiguration": configuration,
        "sourceNode": vmi["status"]["nodeName"],
        "sourcePod": source["metadata"]["name"],
        "targetNode": node,
        "targetPod": target["metadata"]["name"],
        "targetMemoryOverhead": vmis.MEMORY_OVERHEAD,
    }
    if name:
        state["migrationPolicyName"] = name
    labels = {"kubevirt.io/migrationTargetNodeName": node}
    return {"metadata": {"labels": labels}, "status": {"migrationState": state}}
