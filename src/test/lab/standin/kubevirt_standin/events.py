"""Events as KubeVirt's recorder writes them: a repeated one raises the count of the first."""

import logging
import threading
import uuid

import requests

from kubevirt_standin import kube
from kubevirt_standin import vmi as vmis


class Recorder:
    """Writes events of one component. A failed write is logged, never raised: an event is not worth a migration."""

    def __init__(self, api: kube.Kube, component: str, host: str = "") -> None:
        self._api = api
        self._source = {"component": component, **({"host": host} if host else {})}
        self._known: dict[tuple, tuple[str, int]] = {}
        self._lock = threading.Lock()

    def normal(self, obj: dict, reason: str, message: str) -> None:
        self._record(obj, "Normal", reason, message)

    def warning(self, obj: dict, reason: str, message: str) -> None:
        self._record(obj, "Warning", reason, message)

    def _record(self, obj: dict, type_: str, reason: str, message: str) -> None:
        logging.info("%s %s %s: %s", obj["kind"], "/".join(vmis.key(obj)), reason, message)
        key = (obj["metadata"]["uid"], type_, reason, message)
        try:
            with self._lock:
                self._write(obj, key)
        except (kube.ApiError, requests.RequestException) as error:
            logging.warning("event %s not written: %s", reason, error)

    def _write(self, obj: dict, key: tuple) -> None:
        uid, type_, reason, message = key
        namespace, name = vmis.key(obj)
        event, count = self._known.get(key, ("", 0))
        if event:
            patch = {"count": count + 1, "lastTimestamp": vmis.now()}
            self._api.merge(kube.path(kube.EVENTS, namespace, event), patch)
        else:
            event = f"{name}.{uuid.uuid4().hex[:16]}"
            self._api.create(kube.path(kube.EVENTS, namespace), {
                "metadata": {"name": event, "namespace": namespace},
                "involvedObject": {
                    "apiVersion": obj["apiVersion"], "kind": obj["kind"], "namespace": namespace, "name": name,
                    "uid": uid, "resourceVersion": obj["metadata"]["resourceVersion"],
                },
                "type": type_, "reason": reason, "message": message, "count": 1,
                "firstTimestamp": vmis.now(), "lastTimestamp": vmis.now(),
                "source": self._source, "reportingComponent": self._source["component"],
                "reportingInstance": self._source.get("host", ""),
            })  # fmt: skip
        self._known[key] = (event, count + 1)
