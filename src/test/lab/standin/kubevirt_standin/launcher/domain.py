"""The one libvirt domain of a launcher: starting it, ending it, following its life."""

import logging
import os

import libvirt

from kubevirt_standin import vmi as vmis
from kubevirt_standin.launcher import domain_xml
from kubevirt_standin.launcher.state import State

_STATES = {
    libvirt.VIR_DOMAIN_RUNNING: "Running",
    libvirt.VIR_DOMAIN_BLOCKED: "Running",
    libvirt.VIR_DOMAIN_PAUSED: "Paused",
    libvirt.VIR_DOMAIN_SHUTDOWN: "Shutdown",
    libvirt.VIR_DOMAIN_SHUTOFF: "Shutoff",
    libvirt.VIR_DOMAIN_CRASHED: "Crashed",
}
_REASONS = {
    (libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_RUNNING_MIGRATED): "Migrated",
    (libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_RUNNING_POSTCOPY): "PostCopy",
    (libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_RUNNING_POSTCOPY_FAILED): "PostCopyFailed",
    (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_MIGRATION): "Migration",
    (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_STARTING_UP): "StartingUp",
    (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_POSTCOPY): "PostCopy",
    (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_POSTCOPY_FAILED): "PostCopyFailed",
    (libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER): "User",
}
_STOPPED = {
    libvirt.VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN: "Shutdown",
    libvirt.VIR_DOMAIN_EVENT_STOPPED_DESTROYED: "Destroyed",
    libvirt.VIR_DOMAIN_EVENT_STOPPED_CRASHED: "Crashed",
    libvirt.VIR_DOMAIN_EVENT_STOPPED_MIGRATED: "Migrated",
    libvirt.VIR_DOMAIN_EVENT_STOPPED_FAILED: "Failed",
}


class Domain:
    """Starts and stops the domain and keeps `state` up to date by libvirt's events."""

    def __init__(self, connection: libvirt.virConnect, state: State) -> None:
        self._connection = connection
        self._state = state
        connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, self._lifecycle, None)
        connection.domainEventRegisterAny(
            None, libvirt.VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, self._agent_lifecycle, None
        )

    def prepare(self, vmi: dict) -> None:
        """Makes the folders that the domain's XML names; all that a migration's target needs beforehand."""
        os.makedirs(os.path.join(domain_xml.PRIVATE_DIR, vmi["metadata"]["uid"]), exist_ok=True)
        # guest-console-log waits for this file; QEMU appends to it.
        open(domain_xml.serial_log(vmi["metadata"]["uid"]), "ab").close()

    def start(self, vmi: dict) -> None:
        """Defines and starts the domain; does nothing where it is there."""
        if self.find() is None:
            self.prepare(vmi)
            domain = self._connection.defineXML(domain_xml.render(vmi))
            domain.create()
            logging.info("started domain %s", vmis.domain_name(vmi))

    def find(self) -> libvirt.virDomain | None:
        """The domain, where it is active."""
        domains = self._connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)
        return domains[0] if domains else None

    def destroy(self) -> None:
        domain = self.find()
        if domain is not None:
            domain.destroy()

    def _lifecycle(self, _connection, domain: libvirt.virDomain, event: int, detail: int, _opaque) -> None:
        if event == libvirt.VIR_DOMAIN_EVENT_STOPPED:
            self._state.set("domain", {"state": "Shutoff", "reason": _STOPPED.get(detail, "Unknown")})
            return
        try:
            state, reason = domain.state()
        except libvirt.libvirtError:
            return  # gone already: its STOPPED event follows
        if state != libvirt.VIR_DOMAIN_SHUTOFF:
            name = _STATES.get(state, "NoState")
            self._state.set("domain", {"state": name, "reason": _REASONS.get((state, reason), "")})

    def _agent_lifecycle(self, _connection, _domain, state: int, _reason: int, _opaque) -> None:
        connected = state == libvirt.VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED
        self._state.set("agentConnected", connected)
