package io.hotfoot.operator;

import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.kubevirt.Migrations;
import io.hotfoot.operator.phase.Phases;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Conducts: has the phases do their work when something has happened, and keeps the finalizer. */
@ControllerConfiguration(
    name = "vmeviction",
    finalizerName = VMEvictionReconciler.FINALIZER,
    fieldManager = "hotfoot")
@GradualRetry(maxAttempts = Integer.MAX_VALUE, initialInterval = 500, maxInterval = 10_000)
public class VMEvictionReconciler implements Reconciler<VMEviction>, Cleaner<VMEviction> {
  /** Keeps a VMEviction until its migration has ended. */
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
    UpdateControl<VMEviction> done = UpdateControl.noUpdate();
    proceed(eviction, context).ifPresent(done::rescheduleAfter);
    return done;
  }

  @Override
  public DeleteControl cleanup(VMEviction eviction, Context<VMEviction> context) {
    Optional<Duration> again = proceed(eviction, context);
    if (again.isPresent()) {
      return DeleteControl.noFinalizerRemoval().rescheduleAfter(again.get().toMillis());
    }
    phases.remove(eviction);
    return DeleteControl.defaultDelete();
  }

  private Optional<Duration> proceed(VMEviction eviction, Context<VMEviction> context) {
    return phases.proceed(eviction, context.resourceOperations()::serverSideApplyPrimaryStatus);
  }

  private static Set<ResourceID> evictionOf(VirtualMachineInstanceMigration migration) {
    String name = migration.getMetadata().getAnnotations().get(Migrations.EVICTION_NAME);
    return name == null
        ? Set.of()
        : Set.of(new ResourceID(name, migration.getMetadata().getNamespace()));
  }
}
