"""Which migration configuration a VM gets: the cluster's, changed by the MigrationPolicy that fits it best."""

# KubeVirt's own defaults, as the recordings show them. completionTimeoutPerGiB and the other times are seconds.
DEFAULTS = {
    "allowAutoConverge": False,
    "allowPostCopy": False,
    "allowWorkloadDisruption": False,
    "bandwidthPerMigration": "0",
    "completionTimeoutPerGiB": 150,
    "maxDowntimeMs": 900,
    "nodeDrainTaintKey": "kubevirt.io/drain",
    "parallelMigrationsPerCluster": 5,
    "parallelOutboundMigrationsPerNode": 2,
    "progressTimeout": 150,
    "unsafeMigrationOverride": False,
    "utilityVolumesTimeout": 150,
}
_OF_A_POLICY = (
    "allowAutoConverge",
    "allowPostCopy",
    "allowWorkloadDisruption",
    "bandwidthPerMigration",
    "completionTimeoutPerGiB",
    "maxDowntimeMs",
)


def resolve(cluster: dict, policies: list[dict], vmi_labels: dict, namespace_labels: dict) -> tuple[dict, str | None]:
    """(migrationConfiguration, name of the policy in force or None). cluster: the KubeVirt object's settings."""
    configuration = {**DEFAULTS, **cluster}
    policy = best(policies, vmi_labels, namespace_labels)
    if policy is None:
        return configuration, None
    wanted = {field: policy["spec"][field] for field in _OF_A_POLICY if field in policy["spec"]}
    if "allowPostCopy" in wanted:
        wanted.setdefault("allowWorkloadDisruption", wanted["allowPostCopy"])
    return {**configuration, **wanted}, policy["metadata"]["name"]


def best(policies: list[dict], vmi_labels: dict, namespace_labels: dict) -> dict | None:
    """The policy with most matching labels; of equals the one with more of the VMI's, then the first by name."""
    fitting = []
    for policy in policies:
        selectors = policy["spec"].get("selectors") or {}
        of_vmi = selectors.get("virtualMachineInstanceSelector") or {}
        of_namespace = selectors.get("namespaceSelector") or {}
        fits = of_vmi.items() <= vmi_labels.items() and of_namespace.items() <= namespace_labels.items()
        if fits and (of_vmi or of_namespace):
            rank = -len(of_vmi) - len(of_namespace), -len(of_vmi), policy["metadata"]["name"]
            fitting.append((rank, policy))
    return min(fitting, key=lambda each: each[0])[1] if fitting else None
