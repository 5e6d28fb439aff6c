package io.hotfoot.operator;

import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.eviction.Named;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.phase.Phases;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Conducts: has the phases do their work when something has happened, and keeps the finalizer. */
@Ignore // by Quarkus: OperatorBeans registers it
@ControllerConfiguration(
    name = "vmeviction",
    finalizerName = VMEvictionReconciler.FINALIZER,
    // Else each VMEviction would have the finalizer from its first moment to its last.
    triggerReconcilerOnAllEvents = true,
    fieldManager = "hotfoot")
@GradualRetry(maxAttempts = Integer.MAX_VALUE, initialInterval = 500, maxInterval = 10_000)
public class VMEvictionReconciler implements Reconciler<VMEviction> {
  /**
   * Keeps a VMEviction from Preparing until its migration has ended and all is cleaned up. Neither
   * before nor after: what has no operator any more must be deletable.
   */
  public static final String FINALIZER = "eviction.hotfoot.io/guard";

  private final Phases phases;

  public VMEvictionReconciler(Phases phases) {
    this.phases = phases;
  }

  @Override
  public List<EventSource<?, VMEviction>> prepareEventSources(
      EventSourceContext<VMEviction> context) {
    var ours =
        InformerEventSourceConfiguration.from(
                VirtualMachineInstanceMigration.class, VMEviction.class)
            .withName("migrations")
            .withLabelSelector(Migrations.EVICTION_UID_LABEL)
            .withSecondaryToPrimaryMapper(VMEvictionReconciler::evictionOf)
            .withWatchAllNamespaces()
            .build();
    return List.of(new InformerEventSource<>(ours, context), phases.wakeups().asEventSource());
  }

  @Override
  public UpdateControl<VMEviction> reconcile(VMEviction eviction, Context<VMEviction> context) {
    try (var _ = Named.after(eviction)) {
      return conduct(eviction, context);
    }
  }

  private UpdateControl<VMEviction> conduct(VMEviction eviction, Context<VMEviction> context) {
    UpdateControl<VMEviction> done = UpdateControl.noUpdate();
    if (context.isPrimaryResourceDeleted()) {
      phases.remove(eviction);
      return done;
    }
    boolean guarded = eviction.hasFinalizer(FINALIZER);
    if (eviction.inProgress() && !guarded && !eviction.isMarkedForDeletion()) {
      context.resourceOperations().addFinalizer();
      return done.rescheduleAfter(Duration.ZERO);
    }
    if (guarded && !eviction.inProgress()) {
      return letGo(eviction, context);
    }
    phases
        .proceed(eviction, context.resourceOperations()::serverSideApplyPrimaryStatus)
        .ifPresent(done::rescheduleAfter);
    return done;
  }

  private UpdateControl<VMEviction> letGo(VMEviction eviction, Context<VMEviction> context) {
    UpdateControl<VMEviction> done = UpdateControl.noUpdate();
    if (eviction.isMarkedForDeletion()) {
      phases.remove(eviction);
    }
    context.resourceOperations().removeFinalizer();
    return eviction.isMarkedForDeletion() ? done : done.rescheduleAfter(Duration.ZERO);
  }

  private static Set<ResourceID> evictionOf(VirtualMachineInstanceMigration migration) {
    String name = migration.getMetadata().getAnnotations().get(Migrations.EVICTION_NAME);
    return name == null
        ? Set.of()
        : Set.of(new ResourceID(name, migration.getMetadata().getNamespace()));
  }
}
