package io.hotfoot.operator.phase;

import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.kubevirt.Vms;
import io.hotfoot.operator.steering.SourceSide;
import java.time.Instant;
import java.util.Optional;

/** Tells whether execution has moved. */
class Switch {
  private final SourceSide source;
  private final Vms vms;

  Switch(SourceSide source, Vms vms) {
    this.source = source;
    this.vms = vms;
  }

  /**
   * When it did. The agent has it from libvirt and is exact. Without its word KubeVirt's is taken,
   * which may come late, so that what KubeVirt knows to be in post-copy is never called off.
   */
  Optional<Instant> happened(Eviction eviction) {
    if (!eviction.mode().isPostCopy()) {
      return Optional.empty();
    }
    return source
        .report(eviction)
        .map(SourceReport::getSwitchedMs)
        .filter(ms -> ms > 0)
        .map(Instant::ofEpochMilli)
        .or(() -> kubeVirtSaysSo(eviction) ? Optional.of(eviction.now()) : Optional.empty());
  }

  private boolean kubeVirtSaysSo(Eviction eviction) {
    return vms.migrationState(eviction.namespace(), eviction.spec().vmiName())
        .filter(it -> eviction.status().migrationUid.equals(it.migrationUid()))
        .filter(it -> "PostCopy".equals(it.mode()))
        .isPresent();
  }
}
