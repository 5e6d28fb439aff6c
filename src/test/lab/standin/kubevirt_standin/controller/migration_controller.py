"""A VirtualMachineInstanceMigration's way through its phases."""

import datetime

from kubevirt_standin import kube
from kubevirt_standin import vmi as vmis
from kubevirt_standin.controller import handover, launcher_pod
from kubevirt_standin.controller.cluster import Cluster, container_ready

FINALIZER = "kubevirt.io/migrationJobFinalize"
TARGET_LABEL = "kubevirt.io/migrationTargetNodeName"

_OBSERVED = {"kubevirt.io/latest-observed-api-version": "v1", "kubevirt.io/storage-observed-api-version": "v1"}
_UNSCHEDULABLE_S = 300
_PENDING_S = 900
_UNSCHEDULABLE_ANNOTATION = "kubevirt.io/migrationUnschedulablePodTimeoutSeconds"
_RETRY_S = 1
_ACTIVE = ("Scheduling", "Scheduled", "PreparingTarget", "TargetReady", "Running")


class MigrationController:
    def __init__(self, cluster: Cluster, again) -> None:
        """again(key, delay_s): has a migration reconciled later."""
        self._cluster = cluster
        self._again = again
        self._steps = {
            "": self._new,
            "Pending": self._pending,
            "Scheduling": self._scheduling,
            "Scheduled": self._scheduled,
            "PreparingTarget": self._preparing,
            "TargetReady": self._target_ready,
            "Running": self._running,
        }

    def reconcile(self, key: tuple[str, str]) -> None:
        """One step for this migration; its own change brings the next."""
        migration = self._cluster.migrations.get(key)
        if migration is None:
            return
        vmi = self._cluster.vmis.get((key[0], migration["spec"]["vmiName"]))
        if vmis.is_final(migration):
            self._finish(migration, vmi)
        elif vmi is None:
            self._fail(migration, "Migration failed because vmi does not exist.")
        elif vmis.is_final(vmi) and not self._handed_over(migration, vmi):
            self._fail(migration, "Migration failed vmi shutdown during migration.")
        elif vmis.is_deleted(migration) and not self._handed_over(migration, vmi):
            self._cancel(migration)
        else:
            if vmis.is_deleted(migration):
                self._request_abort(migration, vmi)
            self._steps[vmis.phase(migration)](migration, vmi)

    # Before the hand-over -----------------------------------------------------------------------------------------

    def _new(self, migration: dict, vmi: dict) -> None:
        if not _OBSERVED.items() <= migration["metadata"].get("annotations", {}).items():
            where = kube.path(kube.MIGRATIONS, *vmis.key(migration))
            self._cluster.api.merge(where, {"metadata": {"annotations": _OBSERVED}})
            return
        source = self._cluster.current_pod(vmi)
        name = source["metadata"]["name"] if source else ""
        self._to(migration, "Pending", migrationState={"sourcePod": name})

    def _pending(self, migration: dict, vmi: dict) -> None:
        if self._must_wait(migration, vmi):
            self._again(vmis.key(migration), _RETRY_S)
            return
        if self._cluster.target_pod(migration) is None:
            pod = self._cluster.create_pod(launcher_pod.render_target(vmi, migration, self._cluster.image))
            message = f"Created migration target pod {pod['metadata']['name']}"
            self._cluster.events.normal(migration, "SuccessfulCreate", message)
        self._to(migration, "Scheduling")

    def _must_wait(self, migration: dict, vmi: dict) -> bool:
        """One migration a VM, two away from a node, five in the cluster."""
        settings = handover.cluster_configuration(self._cluster)
        active = [m for m in self._cluster.migrations.all() if vmis.phase(m) in _ACTIVE]
        if vmis.migrates(vmi) or any(m["spec"]["vmiName"] == migration["spec"]["vmiName"]
                                     and vmis.key(m)[0] == vmis.key(migration)[0] for m in active):  # fmt: skip
            return True
        others = [self._cluster.vmis.get((vmis.key(m)[0], m["spec"]["vmiName"])) or {} for m in active]
        node = vmis.status(vmi).get("nodeName")
        outbound = sum(1 for other in others if vmis.status(other).get("nodeName") == node)
        return (
            len(active) >= settings["parallelMigrationsPerCluster"]
            or outbound >= settings["parallelOutboundMigrationsPerNode"]
        )

    def _scheduling(self, migration: dict, vmi: dict) -> None:
        pod = self._cluster.target_pod(migration)
        if pod is None or vmis.is_final(pod):
            self._fail(migration, "Migration failed because target pod shutdown during migration")
        elif container_ready(pod):
            self._to(migration, "Scheduled")
        else:
            self._wait_for(pod, migration, vmi)

    def _wait_for(self, pod: dict, migration: dict, vmi: dict) -> None:
        scheduled = vmis.condition(pod, "PodScheduled") or {}
        stuck = scheduled.get("reason") == "Unschedulable"
        limit = _PENDING_S
        if stuck:
            message = f"Migration target pod for VMI [{'/'.join(vmis.key(vmi))}] is currently unschedulable."
            self._cluster.events.warning(migration, "migrationTargetPodUnschedulable", message)
            annotations = migration["metadata"].get("annotations", {})
            limit = int(annotations.get(_UNSCHEDULABLE_ANNOTATION, _UNSCHEDULABLE_S))
        left = limit - _age_s(pod)
        if left > 0:
            self._again(vmis.key(migration), left)
            return
        state = "unschedulable" if stuck else "pending"
        self._delete_pod(migration, pod, f"{state} pod {'/'.join(vmis.key(pod))} timeout period exceeded")

    def _scheduled(self, migration: dict, vmi: dict) -> None:
        pod = self._cluster.target_pod(migration)
        if pod is None or vmis.is_final(pod):
            self._fail(migration, "Migration failed because target pod shutdown during migration")
        elif self._handed_over(migration, vmi):
            self._to(migration, "PreparingTarget")
        else:
            source = self._cluster.current_pod(vmi)
            patch = handover.patch(self._cluster, migration, vmi, source, pod)
            self._cluster.patch_vmi(vmi, patch)
            message = "Migration target pod is ready for preparation by virt-handler."
            self._cluster.events.normal(migration, "SuccessfulHandOver", message)

    def _handed_over(self, migration: dict, vmi: dict) -> bool:
        return vmis.migration_state(vmi).get("migrationUid") == migration["metadata"]["uid"]

    # After it: the nodes act, the VMI's migrationState tells --------------------------------------------------------

    def _preparing(self, migration: dict, vmi: dict) -> None:
        if not self._ended(migration, vmi) and "targetNodeAddress" in vmis.migration_state(vmi):
            self._to(migration, "TargetReady")

    def _target_ready(self, migration: dict, vmi: dict) -> None:
        if not self._ended(migration, vmi) and "startTimestamp" in vmis.migration_state(vmi):
            self._to(migration, "Running")

    def _running(self, migration: dict, vmi: dict) -> None:
        if self._ended(migration, vmi):
            return
        ready = vmis.migration_state(vmi).get("targetNodeDomainReadyTimestamp")
        pod = self._cluster.target_pod(migration)
        if ready and pod:
            stamp = {"kubevirt.io/migration-target-ready-timestamp": f"{ready[:10]} {ready[11:19]} +0000 UTC"}
            if not stamp.items() <= pod["metadata"]["annotations"].items():
                where = kube.path(kube.PODS, *vmis.key(pod))
                self._cluster.pods.remember(self._cluster.api.merge(where, {"metadata": {"annotations": stamp}}))

    def _ended(self, migration: dict, vmi: dict) -> bool:
        """Takes the end that the nodes tell of over to the migration. True where there is one."""
        state = vmis.migration_state(vmi)
        if state.get("failed"):
            self._cluster.events.warning(migration, "FailedMigration", "source node reported migration failed")
            self._to(migration, "Failed")
        elif state.get("completed"):
            message = "Source node reported migration succeeded"
            self._cluster.events.normal(migration, "SuccessfulMigration", message)
            self._to(migration, "Succeeded")
        elif "startTimestamp" not in state and self._target_died(migration):
            outcome = {"completed": True, "failed": True, "endTimestamp": vmis.now()}
            outcome["failureReason"] = "Target pod is down"
            self._cluster.patch_vmi(vmi, {"status": {"migrationState": outcome}})
        else:
            return False
        return True

    def _target_died(self, migration: dict) -> bool:
        pod = self._cluster.target_pod(migration)
        return pod is None or vmis.is_final(pod)

    def _request_abort(self, migration: dict, vmi: dict) -> None:
        if vmis.migrates(vmi) and not vmis.migration_state(vmi).get("abortRequested"):
            self._cluster.patch_vmi(vmi, {"status": {"migrationState": {"abortRequested": True}}})
            message = "Migration is ready to be canceled by virt-handler."
            self._cluster.events.normal(migration, "SuccessfulAbortMigration", message)
            self._cluster.patch_migration_status(migration, {"conditions": _abort_requested(migration)})

    # Ends ---------------------------------------------------------------------------------------------------------

    def _cancel(self, migration: dict) -> None:
        pod = self._cluster.target_pod(migration)
        if pod is not None:
            self._delete_pod(migration, pod, f"migration canceled and pod {'/'.join(vmis.key(pod))} is deleted")
        conditions = _abort_requested(migration)
        self._fail(migration, "Migration failed due to being canceled", conditions=conditions)

    def _delete_pod(self, migration: dict, pod: dict, message: str) -> None:
        self._cluster.api.delete(kube.path(kube.PODS, *vmis.key(pod)))
        self._cluster.events.normal(migration, "SuccessfulDelete", message)

    def _fail(self, migration: dict, message: str, **status: object) -> None:
        self._cluster.events.warning(migration, "FailedMigration", message)
        self._to(migration, "Failed", **status)

    def _finish(self, migration: dict, vmi: dict | None) -> None:
        """After the last phase: keep the VMI's record on the migration, tidy both, let the migration go."""
        state = vmis.migration_state(vmi) if vmi else {}
        mine = state.get("migrationUid") == migration["metadata"]["uid"]
        if mine and vmis.migration_state(migration).get("migrationUid") != state["migrationUid"]:
            self._cluster.patch_migration_status(migration, {"migrationState": state})
        elif mine and TARGET_LABEL in vmi["metadata"].get("labels", {}) and not vmis.lost_in_postcopy(vmi):
            self._cluster.patch_vmi(vmi, {"metadata": {"labels": {TARGET_LABEL: None}}})
        elif FINALIZER in migration["metadata"].get("finalizers", []):
            kept = [each for each in migration["metadata"]["finalizers"] if each != FINALIZER]
            where = kube.path(kube.MIGRATIONS, *vmis.key(migration))
            self._cluster.api.merge(where, {"metadata": {"finalizers": kept or None}})

    def _to(self, migration: dict, phase: str, **status: object) -> None:
        self._cluster.patch_migration_status(migration, {**vmis.to_phase(migration, phase), **status})


def _abort_requested(migration: dict) -> list[dict]:
    conditions = vmis.with_condition(migration, "migrationAbortRequested", "True", probe=vmis.now())
    return conditions or vmis.status(migration)["conditions"]


def _age_s(pod: dict) -> float:
    created = datetime.datetime.fromisoformat(pod["metadata"]["creationTimestamp"])
    return (datetime.datetime.now(datetime.timezone.utc) - created).total_seconds()
