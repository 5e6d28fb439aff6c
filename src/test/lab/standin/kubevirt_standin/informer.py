"""A cache of all objects of one kind, kept fresh by a watch."""

import logging
import threading
import time
from collections.abc import Callable

import requests

from kubevirt_standin import kube
from kubevirt_standin import vmi as vmis

_RETRY_S = 0.5


class Informer:
    """Objects by (namespace, name). Calls on_change(object) for each that appears, changes or goes."""

    def __init__(self, api: kube.Kube, resource: tuple[str, str], on_change: Callable[[dict], None], **query: str) -> None:
        self._api = api
        self._where = kube.path(resource)
        self._query = query
        self._on_change = on_change
        self._objects: dict[tuple[str, str], dict] = {}
        self.synced = threading.Event()

    def start(self) -> "Informer":
        threading.Thread(target=self._run, daemon=True, name=f"informer {self._where}").start()
        return self

    def get(self, key: tuple[str, str]) -> dict | None:
        return self._objects.get(key)

    def all(self) -> list[dict]:
        return list(self._objects.values())

    def add(self, obj: dict) -> None:
        """Takes over an object just created, before the watch tells of it."""
        self._objects.setdefault(vmis.key(obj), obj)

    def remember(self, obj: dict) -> None:
        """Takes over the answer to an own write, so that the next look does not see what was before it."""
        known = self._objects.get(vmis.key(obj))
        if known and int(known["metadata"]["resourceVersion"]) < int(obj["metadata"]["resourceVersion"]):
            self._objects[vmis.key(obj)] = obj

    def _run(self) -> None:
        while True:
            try:
                version = self._list()
                self.synced.set()
                for event, obj in self._api.watch(self._where, version, **self._query):
                    self._apply(event, obj)
            except (kube.ApiError, requests.RequestException) as error:
                logging.warning("watching %s: %s", self._where, error)
                time.sleep(_RETRY_S)

    def _list(self) -> str:
        version, found = self._api.list(self._where, **self._query)
        gone = set(self._objects) - {vmis.key(obj) for obj in found}
        for key in gone:
            self._on_change(self._objects.pop(key))
        for obj in found:
            self._objects[vmis.key(obj)] = obj
            self._on_change(obj)
        return version

    def _apply(self, event: str, obj: dict) -> None:
        key = vmis.key(obj)
        if event == "DELETED":
            self._objects.pop(key, None)
        elif not self._is_older(obj):
            self._objects[key] = obj
        self._on_change(obj)

    def _is_older(self, obj: dict) -> bool:
        known = self._objects.get(vmis.key(obj))
        same = known and known["metadata"]["uid"] == obj["metadata"]["uid"]
        return bool(same) and int(obj["metadata"]["resourceVersion"]) < int(known["metadata"]["resourceVersion"])
