"""What virt-launcher tells virt-handler: the domain's state, the guest agent's, the migration's."""

import copy
import threading


class State:
    """A dictionary that watchers wait on. Each change gives it a new version."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._version = 0
        self._values: dict = {"domain": {"state": "NoState", "reason": ""}, "agentConnected": False, "migration": None}

    def set(self, name: str, value: object) -> None:
        with self._changed:
            if self._values[name] != value:
                self._values[name] = copy.deepcopy(value)
                self._version += 1
                self._changed.notify_all()

    def update_migration(self, **fields: object) -> None:
        """Adds fields to the migration's record."""
        with self._changed:
            self.set("migration", {**(self._values["migration"] or {}), **fields})

    def snapshot(self) -> dict:
        with self._changed:
            return copy.deepcopy(self._values)

    def next(self, seen: int, timeout_s: float) -> tuple[int, dict] | None:
        """The first state newer than version `seen` (start with -1), or None where none comes in time."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._version > seen, timeout_s):
                return None
            return self._version, copy.deepcopy(self._values)
