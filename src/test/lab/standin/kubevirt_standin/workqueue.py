"""Keys that wait to be reconciled: each at most once, some only after a delay."""

import heapq
import logging
import threading
import time
from collections.abc import Callable, Hashable

_FIRST_RETRY_S = 0.01
_LONGEST_RETRY_S = 5.0
_RETRY_GROWTH = 1.5


class WorkQueue:
    """Threads work on the keys, never two on the same. One whose reconcile fails comes again, after a growing delay."""

    def __init__(self, reconcile: Callable[[Hashable], None]) -> None:
        self._reconcile = reconcile
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Hashable]] = []
        self._waiting: dict[Hashable, float] = {}
        self._running: set[Hashable] = set()
        self._order = 0
        self._failures: dict[Hashable, int] = {}

    def add(self, key: Hashable, delay_s: float = 0) -> None:
        """Has the key reconciled after the delay, or sooner where it was to be sooner."""
        when = time.monotonic() + delay_s
        with self._changed:
            if self._waiting.get(key, float("inf")) > when:
                self._waiting[key] = when
                self._order += 1
                heapq.heappush(self._due, (when, self._order, key))
                self._changed.notify()

    def run(self) -> None:
        """Works for ever. Several threads may."""
        while True:
            key = self._next()
            try:
                self._reconcile(key)
                self._failures.pop(key, None)
            except Exception as error:  # whatever it was, the others must go on
                failures = self._failures[key] = self._failures.get(key, 0) + 1
                delay = min(_FIRST_RETRY_S * _RETRY_GROWTH**failures, _LONGEST_RETRY_S)
                logging.warning("%s: %s; again in %.2f s", key, error, delay, exc_info=failures > 12)
                self.add(key, delay)
            finally:
                with self._changed:
                    self._running.discard(key)

    def _next(self) -> Hashable:
        with self._changed:
            while True:
                now = time.monotonic()
                if self._due and self._due[0][0] <= now:
                    when, _, key = heapq.heappop(self._due)
                    if self._waiting.get(key) != when:
                        continue  # it was taken sooner
                    del self._waiting[key]
                    if key not in self._running:
                        self._running.add(key)
                        return key
                    self.add(key, _FIRST_RETRY_S)
                    continue
                self._changed.wait(self._due[0][0] - now if self._due else None)
