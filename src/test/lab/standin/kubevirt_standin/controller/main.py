"""virt-controller, and virt-api's admission webhooks. Needs in its environment LAUNCHER_IMAGE, the stand-in's image, which
launcher pods run, and POD_IP, where the webhooks listen."""

import logging
import os
import sys
import threading

from kubevirt_standin import kube
from kubevirt_standin import vmi as vmis
from kubevirt_standin.controller import webhook_server
from kubevirt_standin.controller.cluster import Cluster
from kubevirt_standin.controller.evacuation import EvacuationController
from kubevirt_standin.controller.migration_controller import MigrationController
from kubevirt_standin.controller.vmi_controller import VmiController
from kubevirt_standin.events import Recorder
from kubevirt_standin.informer import Informer
from kubevirt_standin.workqueue import WorkQueue


def main() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(message)s")
    api = kube.Kube(os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"])
    vmi_queue = WorkQueue(lambda key: vmi_controller.reconcile(key))
    migration_queue = WorkQueue(lambda key: migration_controller.reconcile(key))

    def vmi_changed(vmi: dict) -> None:
        vmi_queue.add(vmis.key(vmi))
        for migration in migrations.all():
            if (vmis.key(migration)[0], migration["spec"]["vmiName"]) == vmis.key(vmi):
                migration_queue.add(vmis.key(migration))

    def pod_changed(pod: dict) -> None:
        vmi_queue.add(vmis.key_of_pod(pod))
        name = pod["metadata"].get("annotations", {}).get("kubevirt.io/migrationJobName")
        if name:
            migration_queue.add((pod["metadata"]["namespace"], name))

    migrations = Informer(api, kube.MIGRATIONS, lambda migration: migration_queue.add(vmis.key(migration)))
    vmi_cache = Informer(api, kube.VMIS, vmi_changed)
    pods = Informer(api, kube.PODS, pod_changed, labelSelector="kubevirt.io=virt-launcher")
    events = Recorder(api, "virtualmachine-controller")
    cluster = Cluster(os.environ["LAUNCHER_IMAGE"], api, events, vmi_cache, migrations, pods)
    vmi_controller = VmiController(cluster, EvacuationController(cluster))
    migration_controller = MigrationController(cluster, migration_queue.add)
    for informer in (migrations, vmi_cache, pods):
        informer.start().synced.wait()
    webhook_server.start(api, os.environ["POD_IP"])
    logging.info("virt-controller stand-in, launchers from %s", cluster.image)
    threading.Thread(target=vmi_queue.run, daemon=True).start()
    migration_queue.run()
