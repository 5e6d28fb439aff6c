package io.hotfoot.lab.move;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.Terminal;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.guest.Vmi;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A VMEviction that was created as `kubectl create` would, and what its status tells. */
public final class Eviction implements Move {
  /** On a node without CPU even to call a migration off takes minutes. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final Resource<VMEviction> resource;

  private Eviction(Resource<VMEviction> resource) {
    this.resource = resource;
  }

  /**
   * Evicts a VM that is there for nothing else, so that no eviction which is measured pays for what
   * operator and agents load and compile in their first.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientTimeoutException if that takes more than
   *     five minutes
   */
  public static void warmUp(Cluster cluster, Vmi vmi, Terminal terminal) {
    terminal.say("an eviction beforehand, so that nothing measured is the first");
    try (var guest = Guest.boot(cluster, vmi)) {
      of(cluster, guest, EvictionMode.Enlightened).awaitEnd(LONGEST);
    }
  }

  public static Eviction of(Cluster cluster, Guest guest, EvictionMode mode) {
    return create(cluster, guest.namespace(), guest.name(), Map.of("mode", mode.name()));
  }

  /**
   * @param spec fields of the VMEviction's spec, beside vmiName; what is left out gets its default
   */
  public static Eviction create(
      Cluster cluster, String namespace, String vmiName, Map<String, ?> spec) {
    return create(cluster, namespace, vmiName, spec, Map.of());
  }

  /** As this policy would evict it. */
  public static Eviction byPolicy(Cluster cluster, Guest guest, String policy) {
    var labels = Map.of(NodePressurePolicy.POLICY_LABEL, policy);
    return create(cluster, guest.namespace(), guest.name(), Map.of(), labels);
  }

  private static Eviction create(
      Cluster cluster,
      String namespace,
      String vmiName,
      Map<String, ?> spec,
      Map<String, String> labels) {
    var all = new LinkedHashMap<String, Object>(spec);
    all.put("vmiName", vmiName);
    var eviction = new GenericKubernetesResource();
    eviction.setApiVersion(VMEviction.GROUP + "/v1alpha1");
    eviction.setKind("VMEviction");
    eviction.setMetadata(
        new ObjectMetaBuilder()
            .withGenerateName(vmiName + "-")
            .withNamespace(namespace)
            .withLabels(labels)
            .build());
    eviction.setAdditionalProperty("spec", all);
    var name = cluster.client().resource(eviction).create().getMetadata().getName();
    return named(cluster, namespace, name);
  }

  public static Eviction named(Cluster cluster, String namespace, String name) {
    return new Eviction(
        cluster.client().resources(VMEviction.class).inNamespace(namespace).withName(name));
  }

  /** One that somebody else created. */
  public static Eviction of(Cluster cluster, VMEviction eviction) {
    return new Eviction(cluster.client().resource(eviction));
  }

  public String name() {
    return resource.get().getMetadata().getName();
  }

  /** Never null: before the operator has seen the eviction, an empty one. */
  public VMEvictionStatus status() {
    return statusOf(resource.get());
  }

  private static VMEvictionStatus statusOf(VMEviction eviction) {
    return eviction == null || eviction.getStatus() == null
        ? new VMEvictionStatus()
        : eviction.getStatus();
  }

  /** Whether the object has been deleted. */
  public boolean isGone() {
    return resource.get() == null;
  }

  /** What keeps the object from being deleted. */
  public List<String> finalizers() {
    var eviction = resource.get();
    return eviction == null ? List.of() : eviction.getMetadata().getFinalizers();
  }

  /** Waits for a phase, or for the end if that comes first; returns the status then. */
  public VMEvictionStatus await(EvictionPhase phase, Duration atMost) {
    return await(status -> status.phase == phase || hasEnded(status), atMost);
  }

  public VMEvictionStatus awaitEnd(Duration atMost) {
    return await(Eviction::hasEnded, atMost);
  }

  /**
   * @throws io.fabric8.kubernetes.client.KubernetesClientTimeoutException if it does not come true
   */
  public VMEvictionStatus await(Predicate<VMEvictionStatus> condition, Duration atMost) {
    var reached =
        resource.waitUntilCondition(
            eviction -> eviction != null && condition.test(statusOf(eviction)),
            atMost.toMillis(),
            TimeUnit.MILLISECONDS);
    return reached.getStatus();
  }

  /** Asks for the object's deletion and returns at once. */
  public void delete() {
    resource.delete();
  }

  public void awaitGone(Duration atMost) {
    resource.waitUntilCondition(gone -> gone == null, atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  public static boolean hasEnded(VMEvictionStatus status) {
    return status.phase != null && status.phase.isFinal();
  }

  /** Null where the status does not have it. */
  public static EvictionCondition condition(VMEvictionStatus status, EvictionCondition.Type type) {
    return status.conditions.stream().filter(it -> it.type() == type).findFirst().orElse(null);
  }

  @Override
  public Progress progress() {
    var status = status();
    var transfer = status.transfer;
    return new Progress(
        status.phase == null ? "Pending" : status.phase.name(),
        transfer == null ? null : transfer.hotPercent(),
        transfer == null ? null : transfer.totalPercent(),
        hasEnded(status),
        status.phase == EvictionPhase.Succeeded,
        message(status));
  }

  private static String message(VMEvictionStatus status) {
    var completed = condition(status, EvictionCondition.Type.Completed);
    var ready = condition(status, EvictionCondition.Type.ReadyToEvict);
    return completed != null ? completed.message() : ready != null ? ready.message() : "";
  }

  @Override
  public void callOff() {
    resource.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"abort\": true}}");
    awaitEnd(LONGEST);
  }

  @Override
  public UsedHints hints() {
    var hints = status().hints;
    return hints == null || hints.source() == Hints.Source.None || hints.pages() == null
        ? null
        : new UsedHints(
            hints.source().name(), hints.pages(), hints.bytes(), hints.collectedMilliseconds());
  }

  @Override
  public Instant hotResident() {
    // Without hints this is when all memory had moved.
    return hints() == null ? null : status().timing.workingSetResident;
  }
}
