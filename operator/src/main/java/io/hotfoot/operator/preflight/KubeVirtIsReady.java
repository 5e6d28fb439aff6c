package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.kubevirt.KubeVirt;
import io.hotfoot.kubevirt.KubeVirtStatus;
import java.util.Objects;
import java.util.Optional;

/** A roll-out of KubeVirt restarts virt-handlers, and a restart in post-copy loses the guest. */
class KubeVirtIsReady implements Check {
  @Override
  public Verdict examine(Situation situation) {
    return examine(situation.kubeVirt());
  }

  static Verdict examine(Optional<KubeVirt> kubeVirt) {
    KubeVirtStatus status = kubeVirt.map(KubeVirt::getStatus).orElse(null);
    if (status == null || !"Deployed".equals(status.phase())) {
      return notReady("is " + (status == null ? "not there" : status.phase()));
    }
    if (!Objects.equals(status.observedKubeVirtVersion(), status.targetKubeVirtVersion())) {
      return notReady(
          "is being updated from %s to %s"
              .formatted(status.observedKubeVirtVersion(), status.targetKubeVirtVersion()));
    }
    return Verdict.PASS;
  }

  private static Verdict notReady(String what) {
    return new Verdict.Wait(
        Reason.KubeVirtNotReady,
        "KubeVirt "
            + what
            + "; waiting until its phase is Deployed: see `kubectl get kubevirt -A`");
  }
}
