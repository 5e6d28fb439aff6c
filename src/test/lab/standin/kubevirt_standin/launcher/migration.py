"""The source's side of a live migration, as virt-launcher drives libvirt through it."""

import logging
import math
import threading
import time

import libvirt

from kubevirt_standin import vmi as vmis
from kubevirt_standin.launcher.domain import Domain
from kubevirt_standin.launcher.state import State

PROXY_DIR = "/var/run/kubevirt/migrationproxy"
# Port 0 carries libvirt's own connection, 49152 QEMU's streams: KubeVirt's names for them, no real ports.
PROXY_PORTS = (0, 49152)
_POLL_S = 0.4
_MULTIFD_CHANNELS = 8


def proxy_socket(uid: str, port: int) -> str:
    """The unix socket, in the launcher pods of both sides, by which this connection enters or leaves the relay."""
    name = uid if port == 0 else f"{uid}-{port}"
    return f"{PROXY_DIR}/{name}-source.sock"


class Migration:
    """One migration of the domain away from here. Its course is told in state's `migration`."""

    def __init__(self, domain: Domain, state: State, vmi: dict) -> None:
        self._domain = domain.find()
        if self._domain is None:
            raise RuntimeError("there is no running domain to migrate")
        self._state = state
        self._vmi = vmi
        self._configuration = vmis.migration_state(vmi)["migrationConfiguration"]
        self.uid = vmis.migration_state(vmi)["migrationUid"]
        self._ended = threading.Event()
        self._abort_wanted = threading.Event()
        self._abort_reason = ""

    def start(self) -> None:
        """Begins to migrate and returns at once."""
        self._state.set("migration", {"uid": self.uid, "mode": "PreCopy", "startTimestamp": vmis.now()})
        threading.Thread(target=self._migrate, daemon=True, name="migrate").start()
        threading.Thread(target=self._watch, daemon=True, name="migration-monitor").start()

    def abort(self) -> None:
        """Asks for an end; tried again every 400 ms, as KubeVirt does, for libvirt refuses it in post-copy."""
        self._abort_reason = "Live migration has been aborted"
        self._abort_wanted.set()

    def _migrate(self) -> None:
        uid = self._vmi["metadata"]["uid"]
        destination = f"qemu+unix:///session?socket={proxy_socket(uid, 0)}"
        parameters = {libvirt.VIR_MIGRATE_PARAM_URI: f"unix://{proxy_socket(uid, PROXY_PORTS[1])}"}
        bandwidth = vmis.quantity(self._configuration.get("bandwidthPerMigration", "0"))
        if bandwidth:
            parameters[libvirt.VIR_MIGRATE_PARAM_BANDWIDTH] = math.ceil(bandwidth / 2**20)
        flags = self._flags()
        if flags & libvirt.VIR_MIGRATE_PARALLEL:
            parameters[libvirt.VIR_MIGRATE_PARAM_PARALLEL_CONNECTIONS] = _MULTIFD_CHANNELS
        try:
            self._domain.migrateToURI3(destination, parameters, flags)
        except libvirt.libvirtError as error:
            self._ended.set()
            self._failed(error)
        else:
            self._ended.set()
            self._state.update_migration(completed=True, endTimestamp=vmis.now())
            logging.info("migration %s succeeded", self.uid)

    def _flags(self) -> int:
        flags = libvirt.VIR_MIGRATE_LIVE | libvirt.VIR_MIGRATE_PEER2PEER | libvirt.VIR_MIGRATE_PERSIST_DEST
        if self._configuration.get("allowAutoConverge"):
            flags |= libvirt.VIR_MIGRATE_AUTO_CONVERGE
        if self._configuration.get("allowPostCopy"):
            flags |= libvirt.VIR_MIGRATE_POSTCOPY
        if not vmis.has_cpu_limit(self._vmi):
            flags |= libvirt.VIR_MIGRATE_PARALLEL
        return flags

    def _failed(self, error: libvirt.libvirtError) -> None:
        aborted = self._abort_reason and error.get_error_code() == libvirt.VIR_ERR_OPERATION_ABORTED
        reason = self._abort_reason if aborted else _describe(error)
        outcome = {"abortStatus": "Succeeded"} if aborted else {}
        self._state.update_migration(
            completed=True, failed=True, failureReason=reason, endTimestamp=vmis.now(), **outcome
        )
        logging.info("migration %s failed: %s", self.uid, reason)

    def _watch(self) -> None:
        """Every 400 ms: abort where wanted, and what is due once the migration takes too long."""
        started = time.monotonic()
        gigabytes = math.ceil(vmis.guest_memory_bytes(self._vmi) / 10**9)
        limit_s = self._configuration.get("completionTimeoutPerGiB", 0) * gigabytes
        while not self._ended.wait(_POLL_S):
            # Whole seconds: with a limit of 1 s KubeVirt acts after 2 s.
            late = limit_s and int(time.monotonic() - started) > limit_s
            if self._abort_wanted.is_set():
                self._try("abort", self._domain.abortJob)
            elif late and self._state.snapshot()["migration"]["mode"] == "PreCopy":
                self._act_late(limit_s)

    def _act_late(self, limit_s: int) -> None:
        if self._configuration.get("allowPostCopy"):
            if self._try("post-copy", lambda: self._domain.migrateStartPostCopy(0)):
                self._state.update_migration(mode="PostCopy")
        elif self._configuration.get("allowWorkloadDisruption"):
            if self._try("pause", self._domain.suspend):
                self._state.update_migration(mode="Paused")
        else:
            self._abort_reason = f"Live migration is not completed after {limit_s} seconds and has been aborted"
            self._try("abort", self._domain.abortJob)

    def _try(self, what: str, call) -> bool:
        try:
            call()
            return True
        except libvirt.libvirtError as refused:
            logging.warning("%s refused: %s", what, refused.get_error_message())
            return False


def _describe(error: libvirt.libvirtError) -> str:
    """A libvirt error as KubeVirt's Go binding prints it."""
    return (
        f"virError(Code={error.get_error_code()}, Domain={error.get_error_domain()}, "
        f"Message='{error.get_error_message()}')"
    )
