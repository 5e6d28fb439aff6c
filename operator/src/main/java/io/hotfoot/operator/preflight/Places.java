package io.hotfoot.operator.preflight;

import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.operator.cluster.Cluster;
import io.hotfoot.operator.eviction.Eviction;
import io.hotfoot.operator.kubevirt.Installation;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who may migrate now. KubeVirt's limits leave so many places; taken are those of migrations, of
 * evictions under way, and of those that have just begun, which the informers do not show yet. So
 * evictions that look for a place at the same time do not all find the same one.
 */
public class Places {
  /** By then an eviction that has begun is seen to have. */
  private static final Duration UNSEEN = Duration.ofSeconds(10);

  private static final List<EvictionPhase> UNDER_WAY =
      List.of(
          EvictionPhase.Preparing,
          EvictionPhase.Migrating,
          EvictionPhase.PostCopy,
          EvictionPhase.Draining);

  private final Cluster cluster;
  private final Installation installation;
  private final Map<String, Taken> taken = new HashMap<>();

  private record Taken(String vm, String source, Instant since) {}

  public Places(Cluster cluster, Installation installation) {
    this.cluster = cluster;
    this.installation = installation;
  }

  /** Takes a place for an eviction whose VM runs on that node, or tells why there is none. */
  synchronized Optional<Verdict.Wait> take(Eviction eviction, String source) {
    Map<String, String> busy = busy(eviction);
    if (busy.containsKey(vmOf(eviction))) {
      return Optional.of(
          new Verdict.Wait(
              Reason.EvictionActive, "another VMEviction has just begun to evict this VM"));
    }
    Optional<Verdict.Wait> full = full(busy, source);
    if (full.isEmpty()) {
      taken.put(eviction.uid(), new Taken(vmOf(eviction), source, eviction.now()));
    }
    return full;
  }

  /** The eviction has ended, or has not begun after all. */
  public synchronized void free(Eviction eviction) {
    taken.remove(eviction.uid());
  }

  /** What an eviction of a VM on that node would find: a reason to wait, or how many are left. */
  synchronized Optional<Verdict.Wait> full(Eviction eviction, String source) {
    return full(busy(eviction), source);
  }

  synchronized boolean isLast(Eviction eviction, String source) {
    Map<String, String> busy = busy(eviction);
    return busy.size() + 1 == installation.parallelPerCluster()
        || outbound(busy, source) + 1 == installation.parallelOutboundPerNode();
  }

  private Optional<Verdict.Wait> full(Map<String, String> busy, String source) {
    int perCluster = installation.parallelPerCluster();
    int perNode = installation.parallelOutboundPerNode();
    if (busy.size() >= perCluster) {
      return Optional.of(full("parallelMigrationsPerCluster", perCluster, "in the cluster"));
    }
    if (outbound(busy, source) >= perNode) {
      return Optional.of(full("parallelOutboundMigrationsPerNode", perNode, "from node " + source));
    }
    return Optional.empty();
  }

  private static int outbound(Map<String, String> busy, String source) {
    return Collections.frequency(busy.values(), source);
  }

  /** The VMs that others move, each with the node that it leaves, if that is known. */
  private Map<String, String> busy(Eviction mine) {
    Map<String, String> busy = new HashMap<>();
    cluster
        .activeMigrations()
        .forEach(
            it ->
                busy.put(
                    key(it.getMetadata().getNamespace(), it.getSpec().vmiName()),
                    nodeOf(it.getMetadata().getNamespace(), it.getSpec().vmiName())));
    UNDER_WAY.stream()
        .flatMap(phase -> cluster.evictionsIn(phase).stream())
        .filter(it -> !it.getMetadata().getUid().equals(mine.uid()))
        .forEach(it -> busy.put(vmOf(it), it.getStatus().sourceNode));
    taken.values().removeIf(it -> it.since.isBefore(mine.now().minus(UNSEEN)));
    taken.forEach(
        (uid, it) -> {
          if (!uid.equals(mine.uid())) {
            busy.put(it.vm, it.source);
          }
        });
    return busy;
  }

  private String nodeOf(String namespace, String vm) {
    return cluster
        .vm(namespace, vm)
        .filter(it -> it.getStatus() != null)
        .map(it -> it.getStatus().nodeName())
        .orElse("");
  }

  private static Verdict.Wait full(String setting, int limit, String where) {
    return new Verdict.Wait(
        Reason.MigrationLimitReached,
        "KubeVirt's %s of %d is reached %s; waiting for a migration to end, or raise it in the KubeVirt object"
            .formatted(setting, limit, where));
  }

  private static String vmOf(Eviction eviction) {
    return key(eviction.namespace(), eviction.spec().vmiName());
  }

  private static String vmOf(VMEviction eviction) {
    return key(eviction.getMetadata().getNamespace(), eviction.getSpec().vmiName());
  }

  private static String key(String namespace, String vm) {
    return namespace + "/" + vm;
  }
}
