"""Serves the admission decisions to the API server, by HTTPS on the node's own address, and registers them there.

The lab has no Services, so the API server is told an address instead of a Service's name; the certificate is made anew
at each start. While virt-controller is away no migration can be created, as with KubeVirt's virt-api.
"""

import base64
import http.server
import json
import logging
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable

from kubevirt_standin import kube
from kubevirt_standin.controller.admission import Admission

_PORT = 8443
_REGISTRATION = "/apis/admissionregistration.k8s.io/v1"
_MIGRATIONS = {"apiGroups": ["kubevirt.io"], "apiVersions": ["v1"], "resources": [kube.MIGRATIONS[1]]}
_EVICTIONS = {"apiGroups": [""], "apiVersions": ["*"], "resources": ["pods/eviction"]}


def start(api: kube.Kube, address: str) -> None:
    """Serves on this address from now on. Raises where openssl or the API server refuse."""
    admission = Admission(api)
    paths: dict[str, Callable[[dict], dict]] = {
        "/migration-mutate": admission.mutate_migration,
        "/migration-validate-create": admission.validate_migration,
        "/migration-validate-update": admission.validate_migration_update,
        "/launcher-eviction": admission.intercept_eviction,
    }
    certificate, key = _make_certificate(address)
    server = http.server.ThreadingHTTPServer((address, _PORT), _handler(paths))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True, name="webhooks").start()
    with open(certificate, "rb") as file:
        _register(api, f"https://{address}:{_PORT}", base64.b64encode(file.read()).decode())


def _handler(paths: dict[str, Callable[[dict], dict]]) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
            response = paths[self.path.partition("?")[0]](request)
            logging.info("admission %s %s: %s", self.path, request.get("name"), response.get("status", "allowed"))
            review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}
            body = json.dumps({**review, "response": {"uid": request["uid"], **response}}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass  # the line above says more

    return Handler


def _make_certificate(address: str) -> tuple[str, str]:
    """(certificate's file, key's file), for this address alone."""
    folder = tempfile.mkdtemp()
    certificate, key = f"{folder}/tls.crt", f"{folder}/tls.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
         "-subj", "/CN=kubevirt-standin", "-addext", f"subjectAltName=IP:{address}", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


def _register(api: kube.Kube, url: str, ca: str) -> None:
    def webhook(name: str, path: str, rule: dict, operation: str, failure_policy: str = "Fail") -> dict:
        return {
            "name": name,
            "clientConfig": {"url": url + path, "caBundle": ca},
            "rules": [{**rule, "operations": [operation]}],
            "failurePolicy": failure_policy,
            "sideEffects": "NoneOnDryRun",
            "admissionReviewVersions": ["v1"],
            "timeoutSeconds": 5,
        }

    _apply(api, "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", "virt-api-mutator", [
        webhook("migrations-mutator.kubevirt.io", "/migration-mutate", _MIGRATIONS, "CREATE"),
    ])  # fmt: skip
    _apply(api, "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", "virt-api-validator", [
        webhook("migration-create-validator.kubevirt.io", "/migration-validate-create", _MIGRATIONS, "CREATE"),
        webhook("migration-update-validator.kubevirt.io", "/migration-validate-update", _MIGRATIONS, "UPDATE"),
        webhook("virt-launcher-eviction-interceptor.kubevirt.io", "/launcher-eviction", _EVICTIONS, "CREATE", "Ignore"),
    ])  # fmt: skip


def _apply(api: kube.Kube, plural: str, kind: str, name: str, webhooks: list[dict]) -> None:
    resource = _REGISTRATION, plural
    if api.get(kube.path(resource, name=name)) is None:
        body = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": name}}
        api.create(kube.path(resource), {**body, "webhooks": webhooks})
    else:
        api.merge(kube.path(resource, name=name), {"webhooks": webhooks})
