"""A small client for the Kubernetes API, for use inside a pod. Objects are plain dicts.

Plain HTTP by `requests`, not the kubernetes package: no model classes stand between the stand-in and the fields that
it imitates, and a process starts in a fifth of the time.
"""

import json
from collections.abc import Iterator

import requests

_SECRETS = "/var/run/secrets/kubernetes.io/serviceaccount"
_TIMEOUT_S = 15
_WATCH_S = 300

VMIS = "/apis/kubevirt.io/v1", "virtualmachineinstances"
MIGRATIONS = "/apis/kubevirt.io/v1", "virtualmachineinstancemigrations"
POLICIES = "/apis/migrations.kubevirt.io/v1alpha1", "migrationpolicies"
PODS = "/api/v1", "pods"
NAMESPACES = "/api/v1", "namespaces"
EVENTS = "/api/v1", "events"


class ApiError(Exception):
    """An answer of the API server other than success."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


def path(resource: tuple[str, str], namespace: str = "", name: str = "", sub: str = "") -> str:
    """The path of a resource, of those of a namespace, of one of them, or of its subresource."""
    group, plural = resource
    parts = [group]
    if namespace:
        parts += ["namespaces", namespace]
    return "/".join(parts + [part for part in (plural, name, sub) if part])


class Kube:
    """The API server as the pod's service account sees it. Safe for use by several threads."""

    def __init__(self, host: str, port: str) -> None:
        self._base = f"https://{host}:{port}"
        self._session = requests.Session()
        self._session.verify = f"{_SECRETS}/ca.crt"
        self._session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=16))

    def get(self, where: str) -> dict | None:
        """The object, or None where there is none."""
        try:
            return self._call("GET", where)
        except ApiError as error:
            if error.code == 404:
                return None
            raise

    def create(self, where: str, body: dict) -> dict:
        return self._call("POST", where, body)

    def merge(self, where: str, patch: dict) -> dict:
        """A JSON merge patch: a None removes. With metadata.resourceVersion in it, 409 where the object changed."""
        return self._call("PATCH", where, patch, "application/merge-patch+json")

    def strategic_merge(self, where: str, patch: dict) -> dict:
        """A strategic merge patch: for built-in types, whose lists merge by key."""
        return self._call("PATCH", where, patch, "application/strategic-merge-patch+json")

    def delete(self, where: str, grace_period_s: int | None = None) -> None:
        """Deletes; it is no error where the object is not there."""
        options = {} if grace_period_s is None else {"gracePeriodSeconds": grace_period_s}
        try:
            self._call("DELETE", where, options)
        except ApiError as error:
            if error.code != 404:
                raise

    def list(self, where: str, **query: str) -> tuple[str, list[dict]]:
        """(resource version, objects)"""
        answer = self._call("GET", where, query=query)
        return answer["metadata"]["resourceVersion"], answer["items"]

    def watch(self, where: str, version: str, **query: str) -> Iterator[tuple[str, dict]]:
        """(ADDED | MODIFIED | DELETED, object) for what changes after this version; ends after some minutes."""
        query = {**query, "watch": "true", "resourceVersion": version, "timeoutSeconds": str(_WATCH_S)}
        answer = self._session.get(
            self._base + where, params=query, headers=_authorization(), stream=True, timeout=(_TIMEOUT_S, _WATCH_S + 30)
        )
        with answer:
            _check(answer)
            for line in answer.iter_lines(chunk_size=None):
                event = json.loads(line)
                if event["type"] == "ERROR":
                    raise ApiError(event["object"].get("code", 500), event["object"].get("message", ""))
                yield event["type"], event["object"]

    def _call(self, method: str, where: str, body: dict | None = None, media: str = "application/json",
              query: dict | None = None) -> dict:  # fmt: skip
        answer = self._session.request(
            method,
            self._base + where,
            params=query,
            data=None if body is None else json.dumps(body),
            headers={"Content-Type": media, **_authorization()},
            timeout=_TIMEOUT_S,
        )
        _check(answer)
        return answer.json()


def _authorization() -> dict[str, str]:
    # Read each time: the kubelet renews it.
    with open(f"{_SECRETS}/token", encoding="ascii") as token:
        return {"Authorization": f"Bearer {token.read()}"}


def _check(answer: requests.Response) -> None:
    if answer.status_code >= 400:
        raise ApiError(answer.status_code, answer.text[:1000])
