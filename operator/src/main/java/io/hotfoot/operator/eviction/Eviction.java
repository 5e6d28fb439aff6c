package io.hotfoot.operator.eviction;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * One VMEviction in the hands of the reconciler: what was asked for, and the status being drafted.
 */
public class Eviction {
  private static final int LONGEST_MESSAGE = 1000;

  private final VMEviction resource;
  private final VMEvictionStatus status;
  private final Instant now;

  public Eviction(VMEviction resource, Instant now) {
    this.resource = resource;
    this.now = now.truncatedTo(ChronoUnit.MILLIS);
    this.status = draftOf(resource);
  }

  private static VMEvictionStatus draftOf(VMEviction resource) {
    if (resource.getStatus() != null && resource.getStatus().phase != null) {
      return Serialization.clone(resource.getStatus());
    }
    VMEvictionStatus fresh = new VMEvictionStatus();
    fresh.phase = EvictionPhase.Pending;
    fresh.timing.requested = Instant.parse(resource.getMetadata().getCreationTimestamp());
    return fresh;
  }

  public VMEviction resource() {
    return resource;
  }

  public VMEvictionSpec spec() {
    return resource.getSpec();
  }

  /** To be changed by the phases; written once they are through. */
  public VMEvictionStatus status() {
    return status;
  }

  /** When this turn of reconciling began. */
  public Instant now() {
    return now;
  }

  public String uid() {
    return resource.getMetadata().getUid();
  }

  public String name() {
    return resource.getMetadata().getName();
  }

  public String namespace() {
    return resource.getMetadata().getNamespace();
  }

  public EvictionPhase phase() {
    return status.phase;
  }

  /** How the VM is moved: the asked mode until the checks have decided. */
  public EvictionMode mode() {
    return status.mode != null ? status.mode : spec().mode();
  }

  /** The VM, a node or KubeVirt may have been touched for it. */
  public boolean hasBegun() {
    return status.timing.started != null;
  }

  /** The migration of somebody else that it attaches to, if it does. */
  public Optional<String> adopted() {
    return Optional.ofNullable(resource.getMetadata().getAnnotations())
        .map(it -> it.get(VMEviction.ADOPTS));
  }

  /** A policy has made it, since the VM's node is pressed. */
  public boolean isForPressure() {
    Map<String, String> labels = resource.getMetadata().getLabels();
    return adopted().isEmpty()
        && labels != null
        && labels.containsKey(NodePressurePolicy.POLICY_LABEL);
  }

  public boolean isDeleted() {
    return resource.getMetadata().getDeletionTimestamp() != null;
  }

  public boolean isCalledOff() {
    return spec().abort() || isDeleted();
  }

  public boolean isOverdue() {
    return now.isAfter(status.timing.requested.plus(deadline()));
  }

  private Duration deadline() {
    return Durations.parse(spec().deadline());
  }

  public boolean holds(EvictionCondition.Type type) {
    return is(type, EvictionCondition.Status.True);
  }

  public boolean isUnknown(EvictionCondition.Type type) {
    return is(type, EvictionCondition.Status.Unknown);
  }

  private boolean is(EvictionCondition.Type type, EvictionCondition.Status wanted) {
    return Conditions.find(status.conditions, type).filter(it -> it.status() == wanted).isPresent();
  }

  public void say(
      EvictionCondition.Type type,
      EvictionCondition.Status conditionStatus,
      Reason reason,
      String message) {
    status.conditions =
        Conditions.with(
            status.conditions,
            new EvictionCondition(
                type,
                conditionStatus,
                reason,
                shorten(message),
                now,
                resource.getMetadata().getGeneration()));
  }

  /** Some of it comes from agents and guests. */
  private static String shorten(String message) {
    return message.length() <= LONGEST_MESSAGE
        ? message
        : message.substring(0, LONGEST_MESSAGE) + "…";
  }

  /** For logs. */
  @Override
  public String toString() {
    return namespace() + "/" + name();
  }
}
