"""virt-handler of one node. Needs NODE_NAME and POD_IP in its environment, the node's PID namespace (hostPID), and
/var/lib/kubelet/pods of the node at the same place. RELAY_DELAY_MS: how long its relay keeps what leaves, each way."""

import logging
import os
import sys
import threading

from kubevirt_standin import kube
from kubevirt_standin import vmi as vmis
from kubevirt_standin.events import Recorder
from kubevirt_standin.handler.launchers import Launchers
from kubevirt_standin.handler.node import Node
from kubevirt_standin.handler.owner import Owner, signal_deletion
from kubevirt_standin.handler.source import Source
from kubevirt_standin.handler.target import Target
from kubevirt_standin.informer import Informer
from kubevirt_standin.workqueue import WorkQueue

_WORKERS = 4


class Handler:
    """Gives each VMI to the part that this node plays in it."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._owner = Owner(node)
        self._source = Source(node)
        self._target = Target(node)

    def reconcile(self, key: tuple[str, str]) -> None:
        vmi = self._node.vmis.get(key)
        if vmi is None:
            return
        state = vmis.migration_state(vmi)
        owned = vmis.status(vmi).get("nodeName") == self._node.name
        if vmis.migrates(vmi) and not vmis.is_final(vmi):
            if state.get("targetNode") == self._node.name:
                self._target.reconcile(vmi)
            if state.get("sourceNode") == self._node.name:
                self._source.reconcile(vmi)
            return
        if state and state.get("targetNode") == self._node.name:
            self._target.release(vmi)
        if owned:
            self._owner.reconcile(vmi)
        elif state and not vmis.lost_in_postcopy(vmi):
            # The target pod of a VM that is lost lingers, as KubeVirt's does, until the VMI is deleted.
            self._leave(vmi, state)

    def _leave(self, vmi: dict, state: dict) -> None:
        """Ends what is left here of a migration that is over: its source, or its target where it failed."""
        for pod in self._node.live_pods(vmi):
            if pod["metadata"]["name"] in (state.get("sourcePod"), state.get("targetPod")):
                signal_deletion(self._node, vmi, pod, tell=pod["metadata"]["name"] == state["sourcePod"])


def main() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(message)s")
    name = os.environ["NODE_NAME"]
    api = kube.Kube(os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"])
    queue = WorkQueue(lambda key: handler.reconcile(key))
    launchers = Launchers(queue.add)
    vmi_cache = Informer(api, kube.VMIS, lambda vmi: queue.add(vmis.key(vmi)))
    pods = Informer(
        api,
        kube.PODS,
        lambda pod: queue.add(vmis.key_of_pod(pod)),
        fieldSelector=f"spec.nodeName={name}",
        labelSelector="kubevirt.io=virt-launcher",
    )
    events = Recorder(api, "virt-handler", name)
    handler = Handler(Node(name, os.environ["POD_IP"], api, events, launchers, vmi_cache, pods))
    for informer in (vmi_cache, pods):
        informer.start().synced.wait()
    logging.info("virt-handler stand-in on %s, relay at %s", name, os.environ["POD_IP"])
    for _ in range(_WORKERS - 1):
        threading.Thread(target=queue.run, daemon=True).start()
    queue.run()


