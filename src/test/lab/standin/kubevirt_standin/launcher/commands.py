"""launcher-sock: where virt-handler commands virt-launcher.

KubeVirt speaks gRPC here; the stand-in one line of JSON each way: {"command": …, "vmi": …} and {"ok": …} or
{"error": …}. The answer to "watch" is a line for the state and one for each change, until the connection ends.
"""

import json
import logging
import os
import socketserver

import libvirt

from kubevirt_standin.launcher.domain import Domain
from kubevirt_standin.launcher.migration import PROXY_DIR, Migration
from kubevirt_standin.launcher.state import State

PATH = "/var/run/kubevirt/sockets/launcher-sock"
_KEEPALIVE_S = 10


class Commands:
    """What virt-handler may ask for. Each method takes the VMI of the request."""

    def __init__(self, domain: Domain, state: State) -> None:
        self._domain = domain
        self._state = state
        self._migration: Migration | None = None

    def start(self, vmi: dict) -> None:
        self._domain.start(vmi)

    def prepare_proxy(self, vmi: dict) -> None:
        os.makedirs(PROXY_DIR, exist_ok=True)

    def prepare_target(self, vmi: dict) -> None:
        self.prepare_proxy(vmi)
        self._domain.prepare(vmi)

    def migrate(self, vmi: dict) -> None:
        uid = vmi["status"]["migrationState"]["migrationUid"]
        if self._migration is None or self._migration.uid != uid:
            migration = Migration(self._domain, self._state, vmi)
            migration.start()
            self._migration = migration

    def abort(self, vmi: dict) -> None:
        if self._migration is not None:
            self._migration.abort()

    def destroy(self, vmi: dict) -> None:
        self._domain.destroy()


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        for line in self.rfile:
            request = json.loads(line)
            try:
                if request["command"] == "watch":
                    self._watch()
                else:
                    self._run(request)
                    self._answer({"ok": True})
            except (BrokenPipeError, ConnectionResetError):
                return
            except (libvirt.libvirtError, OSError, RuntimeError, KeyError, ValueError) as error:
                logging.exception("%s failed", request["command"])
                self._answer({"error": str(error)})

    def _run(self, request: dict) -> None:
        server = self.server
        if request["command"] == "exit":
            server.shutdown_requested()
        else:
            getattr(server.commands, request["command"])(request["vmi"])

    def _watch(self) -> None:
        seen, state = -1, None
        while True:
            newer = self.server.state.next(seen, _KEEPALIVE_S)
            if newer:
                seen, state = newer
            self._answer(state)

    def _answer(self, answer: dict | None) -> None:
        self.wfile.write(json.dumps(answer).encode() + b"\n")


class Server(socketserver.ThreadingUnixStreamServer):
    """Serves launcher-sock. The process that listens is the one that SO_PEERCRED shows to those who connect."""

    daemon_threads = True

    def __init__(self, commands: Commands, state: State, shutdown_requested) -> None:
        self.commands = commands
        self.state = state
        self.shutdown_requested = shutdown_requested
        if os.path.exists(PATH):
            os.unlink(PATH)
        super().__init__(PATH, _Handler)
