"""The launchers of this node's pods, found and commanded as virt-handler does: by launcher-sock."""

import contextlib
import json
import os
import socket
import struct
import threading
from collections.abc import Callable

_PODS_DIR = "/var/lib/kubelet/pods"
_TIMEOUT_S = 30


class LauncherError(Exception):
    """A launcher refused a command, or cannot be reached."""


class Launcher:
    """One launcher. `state` is what it told last (see launcher/state.py); `gone` is True once it has ended."""

    def __init__(self, directory: str, changed: Callable[[], None]) -> None:
        self._directory = directory
        self._changed = changed
        watch = self._connect()
        # The peer is who listens: virt-launcher.
        self.pid = struct.unpack("3i", watch.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        lines = _ask(watch, {"command": "watch", "vmi": None})
        self.state: dict = json.loads(next(lines))
        self.gone = False
        threading.Thread(target=self._follow, args=(lines,), daemon=True, name="launcher").start()

    def command(self, name: str, vmi: dict) -> None:
        """Has the launcher do it. Raises LauncherError where it refuses or is gone."""
        try:
            with self._connect() as connection:
                connection.settimeout(_TIMEOUT_S)
                answer = json.loads(next(_ask(connection, {"command": name, "vmi": vmi})))
        except (OSError, ValueError, StopIteration) as error:
            raise LauncherError(f"virt-launcher does not answer to {name}: {error}") from error
        if "error" in answer:
            raise LauncherError(answer["error"])

    def folder(self, path: str) -> str:
        """A folder of the launcher's own file system, as seen from here."""
        return f"/proc/{self.pid}/root{path}"

    def _connect(self) -> socket.socket:
        # By a short name: the socket's full path is longer than a unix address may be.
        handle = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(f"/proc/self/fd/{handle}/launcher-sock")
            return connection
        finally:
            os.close(handle)

    def _follow(self, lines) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in lines:
                state = json.loads(line)
                if state and state != self.state:
                    self.state = state
                    self._changed()
        self.gone = True
        self._changed()


def _ask(connection: socket.socket, request: dict):
    lines = connection.makefile("rwb")
    lines.write(json.dumps(request).encode() + b"\n")
    lines.flush()
    return lines


class Launchers:
    """The launchers by pod, each connected to once."""

    def __init__(self, changed: Callable[[tuple[str, str]], None]) -> None:
        self._changed = changed
        self._known: dict[str, Launcher] = {}

    def of(self, pod: dict, vmi: dict) -> Launcher:
        """The launcher of this pod. Raises LauncherError where there is none (yet)."""
        uid = pod["metadata"]["uid"]
        launcher = self._known.get(uid)
        if launcher is None or launcher.gone:
            key = vmi["metadata"]["namespace"], vmi["metadata"]["name"]
            directory = f"{_PODS_DIR}/{uid}/volumes/kubernetes.io~empty-dir/sockets"
            try:
                launcher = Launcher(directory, lambda: self._changed(key))
            except (OSError, ValueError, StopIteration) as error:
                raise LauncherError(
                    "unable to create virt-launcher client connection: "
                    f"No command socket found for vmi {vmi['metadata']['uid']}"
                ) from error
            self._known[uid] = launcher
        return launcher

    def forget(self, pod: dict) -> None:
        self._known.pop(pod["metadata"]["uid"], None)
