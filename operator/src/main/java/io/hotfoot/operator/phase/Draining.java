package io.hotfoot.operator.phase;

import io.hotfoot.agent.v1.SourceReport;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.steering.SourceSide;
import java.util.Optional;

/** All that was hot is on the target; the rest follows as fast as the link allows. */
class Draining implements PhaseHandler {
  private final Migrations migrations;
  private final MigrationEnd end;
  private final Transfer transfer;
  private final SourceSide source;
  private final ServiceHandover services;

  Draining(
      Migrations migrations,
      MigrationEnd end,
      Transfer transfer,
      SourceSide source,
      ServiceHandover services) {
    this.migrations = migrations;
    this.end = end;
    this.transfer = transfer;
    this.source = source;
    this.services = services;
  }

  @Override
  public Step proceed(Eviction eviction) {
    transfer.update(eviction);
    Optional<Step> ended = end.of(eviction, migrations.find(eviction));
    if (ended.isPresent()) {
      return ended.get();
    }
    transfer.explainThatItGoesOn(eviction);
    if (source.report(eviction).filter(SourceReport::getThrottled).isPresent()) {
      source.release(eviction, eviction.holds(EvictionCondition.Type.WorkingSetResident));
    }
    services.follow(eviction);
    return Step.TICK;
  }
}
