package io.hotfoot.operator;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicyStatus;
import io.hotfoot.api.v1alpha1.PolicyCondition;
import io.hotfoot.operator.eviction.Named;
import io.hotfoot.operator.eviction.StatusWriter;
import io.hotfoot.operator.pressure.Relief;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Ignore;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.util.List;

/** Has a policy take its turn when a node's pressure begins or ends, and now and then. */
@Ignore // by Quarkus: OperatorBeans registers it
@ControllerConfiguration(name = "nodepressurepolicy", fieldManager = "hotfoot")
@GradualRetry(maxAttempts = Integer.MAX_VALUE, initialInterval = 500, maxInterval = 10_000)
public class NodePressurePolicyReconciler implements Reconciler<NodePressurePolicy> {
  /** What stands in the way of an eviction may have gone. */
  private static final Duration WHILE_PRESSED = Duration.ofSeconds(2);

  /** Agents may have been heard of. */
  private static final Duration WHILE_NOT_ALL_REPORT = Duration.ofSeconds(2);

  /** Nodes may have come or gone. */
  private static final Duration OTHERWISE = Duration.ofSeconds(15);

  private final Relief relief;
  private final StatusWriter<NodePressurePolicy> writer = new StatusWriter<>();

  public NodePressurePolicyReconciler(Relief relief) {
    this.relief = relief;
  }

  @Override
  public List<EventSource<?, NodePressurePolicy>> prepareEventSources(
      EventSourceContext<NodePressurePolicy> context) {
    var policies = context.getPrimaryCache();
    relief.forgetUnless(
        policy ->
            policies
                .get(ResourceID.fromResource(policy))
                .filter(it -> it.getMetadata().getUid().equals(policy.getMetadata().getUid()))
                .isPresent());
    return List.of(relief.wakeups().asEventSource());
  }

  @Override
  public UpdateControl<NodePressurePolicy> reconcile(
      NodePressurePolicy policy, Context<NodePressurePolicy> context) {
    try (var _ = Named.after(policy)) {
      return conduct(policy, context);
    }
  }

  private UpdateControl<NodePressurePolicy> conduct(
      NodePressurePolicy policy, Context<NodePressurePolicy> context) {
    NodePressurePolicyStatus status = relief.proceed(policy);
    if (!Serialization.asJson(status).equals(Serialization.asJson(policy.getStatus()))) {
      NodePressurePolicy told = new NodePressurePolicy();
      told.getMetadata().setName(policy.getMetadata().getName());
      told.setStatus(status);
      writer.write(told, context.resourceOperations()::serverSideApplyPrimaryStatus);
    }
    return UpdateControl.<NodePressurePolicy>noUpdate().rescheduleAfter(pause(status));
  }

  private static Duration pause(NodePressurePolicyStatus status) {
    if (status.nodesPressed > 0) {
      return WHILE_PRESSED;
    }
    return status.conditions.stream()
            .filter(it -> it.type() == PolicyCondition.Type.Watching)
            .allMatch(it -> it.status() == EvictionCondition.Status.True)
        ? OTHERWISE
        : WHILE_NOT_ALL_REPORT;
  }
}
