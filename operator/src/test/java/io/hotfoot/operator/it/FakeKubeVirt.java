package io.hotfoot.operator.it;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.kubevirt.KubeVirt;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.operator.agent.FakeAgents;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Plays KubeVirt on the API server's objects: its phases and fields in the order in which real
 * KubeVirt sets them, much sooner. No VM runs.
 */
public final class FakeKubeVirt implements AutoCloseable {
  public static final String SOURCE = "node-a";
  public static final String TARGET = "node-b";
  private static final Logger LOG = Logger.getLogger(FakeKubeVirt.class);
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
  private static final String FINALIZER = "kubevirt.io/migrationJobFinalize";

  /** Where it waits until a test lets it go on. */
  public enum Hold {
    SCHEDULING,
    SWITCH,
    COMPLETION
  }

  private final KubernetesClient client = ControlPlane.client();
  private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
  private final FakeAgents agents;
  private final String namespace;
  private final FakePods pods;
  private final Set<Hold> holds = EnumSet.noneOf(Hold.class);
  private volatile boolean switchesByItself;
  private volatile String failure;

  public FakeKubeVirt(FakeAgents agents, String namespace) {
    this.agents = agents;
    this.namespace = namespace;
    pods = new FakePods(client, namespace);
    install();
    loop.scheduleWithFixedDelay(this::turn, 0, 30, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    loop.shutdownNow();
  }

  FakePods pods() {
    return pods;
  }

  public synchronized void hold(Hold hold) {
    holds.add(hold);
  }

  public synchronized void letGo() {
    holds.clear();
  }

  private synchronized boolean holds(Hold hold) {
    return holds.contains(hold);
  }

  /** From now on virt-launcher starts post-copy by its own clock. */
  public void switchByItself() {
    switchesByItself = true;
  }

  /** The next migration that gets to QEMU fails so. */
  public void fail(String reason) {
    failure = reason;
  }

  private void install() {
    apply("{apiVersion: v1, kind: Namespace, metadata: {name: kubevirt}}");
    apply("{apiVersion: v1, kind: Namespace, metadata: {name: %s}}".formatted(namespace));
    apply(
        "{apiVersion: kubevirt.io/v1, kind: KubeVirt, metadata: {name: kubevirt, namespace:"
            + " kubevirt}, spec: {}}");
    setPhase("Deployed");
    for (String node : List.of(SOURCE, TARGET)) {
      node(node);
      pods.handler(node, Instant.now().minus(Duration.ofHours(1)));
    }
  }

  public void setPhase(String phase) {
    client
        .resources(KubeVirt.class)
        .inNamespace("kubevirt")
        .withName("kubevirt")
        .subresource("status")
        .patch(
            MERGE,
            "{\"status\":{\"phase\":\"%s\",\"observedKubeVirtVersion\":\"v1.9.0\",\"targetKubeVirtVersion\":\"v1.9.0\"}}"
                .formatted(phase));
  }

  private void node(String name) {
    var node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels("kubevirt.io/schedulable", "true")
            .addToLabels("kubernetes.io/hostname", name)
            .endMetadata()
            .withNewSpec()
            .endSpec()
            .build();
    client.resource(node).serverSideApply();
    client
        .nodes()
        .withName(name)
        .subresource("status")
        .patch(MERGE, "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
  }

  public void cordon(String node, boolean cordoned) {
    client
        .nodes()
        .withName(node)
        .patch(MERGE, "{\"spec\":{\"unschedulable\":%s}}".formatted(cordoned));
  }

  public void memoryPressure(String node, boolean pressed) {
    client
        .nodes()
        .withName(node)
        .subresource("status")
        .patch(
            MERGE,
            """
            {"status": {"conditions": [{"type": "Ready", "status": "True"},
                                       {"type": "MemoryPressure", "status": "%s"}]}}
            """
                .formatted(pressed ? "True" : "False"));
  }

  /** A VM with a CPU limit that runs on the source. */
  public void runVm(String name) {
    runVm(name, "resources: {limits: {cpu: 1}}");
  }

  public void runVm(String name, String domain) {
    apply(
        "{apiVersion: kubevirt.io/v1, kind: VirtualMachineInstance, metadata: {name: %s, namespace: %s}, spec: {domain: {devices: {}, %s}}}"
            .formatted(name, namespace, domain));
    patchVm(
        name,
        "{\"status\":{\"phase\":\"Running\",\"nodeName\":\"%s\",\"conditions\":[{\"type\":\"LiveMigratable\",\"status\":\"True\"}]}}"
            .formatted(SOURCE));
    labelNode(name, SOURCE);
    Pod launcher = pods.start(name, vmUid(name), SOURCE);
    patchVm(
        name,
        "{\"status\":{\"activePods\":{\"%s\":\"%s\"}}}"
            .formatted(launcher.getMetadata().getUid(), SOURCE));
  }

  private void labelNode(String name, String node) {
    patchVm(name, "{\"metadata\":{\"labels\":{\"kubevirt.io/nodeName\":\"%s\"}}}".formatted(node));
  }

  public void patchVm(String name, String json) {
    vm(name).patch(MERGE, json);
  }

  public Resource<VirtualMachineInstance> vm(String name) {
    return client.resources(VirtualMachineInstance.class).inNamespace(namespace).withName(name);
  }

  public List<VirtualMachineInstanceMigration> migrations() {
    return client
        .resources(VirtualMachineInstanceMigration.class)
        .inNamespace(namespace)
        .list()
        .getItems();
  }

  public boolean hasPolicy() {
    return client.resources(MigrationPolicy.class).withName("hotfoot").get() != null;
  }

  private void apply(String yaml) {
    String document = "---\n" + yaml; // else the brace would make it JSON
    client
        .load(new ByteArrayInputStream(document.getBytes(StandardCharsets.UTF_8)))
        .serverSideApply();
  }

  private void turn() {
    try {
      migrations().forEach(this::act);
    } catch (RuntimeException e) {
      // Say because a test's own change came in between: the next turn sees it.
      LOG.debug("a turn of the fake KubeVirt failed", e);
    }
  }

  private void act(VirtualMachineInstanceMigration migration) {
    String name = migration.getSpec().vmiName();
    boolean postCopy = isInPostCopy(name, migration);
    if (migration.hasEnded()) {
      patch(migration, "{\"metadata\":{\"finalizers\":null}}");
    } else if (migration.getMetadata().getDeletionTimestamp() != null && !postCopy) {
      end(migration, false, "Live migration has been aborted");
    } else if (migration.phase() == null) {
      patch(migration, "{\"metadata\":{\"finalizers\":[\"%s\"]}}".formatted(FINALIZER));
      setPhase(migration, "Pending");
    } else {
      advance(migration, name, postCopy);
    }
  }

  private void advance(VirtualMachineInstanceMigration migration, String name, boolean postCopy) {
    switch (migration.phase()) {
      case "Pending" -> {
        pods.offer(uid(migration), vmUid(name));
        setPhase(migration, "Scheduling");
      }
      case "Scheduling" -> {
        if (!holds(Hold.SCHEDULING)) {
          pods.schedule(uid(migration), vmUid(name), TARGET);
          setPhase(migration, "Scheduled");
        }
      }
      case "Scheduled" -> {
        String policy = policyOf(name);
        patchVm(
            name,
            "{\"status\":{\"migrationState\":{\"migrationUid\":\"%s\",\"sourceNode\":\"%s\",\"targetNode\":\"%s\",\"migrationPolicyName\":%s,\"mode\":null,\"startTimestamp\":null,\"completed\":null,\"failed\":null,\"failureReason\":null}}}"
                .formatted(
                    uid(migration),
                    SOURCE,
                    TARGET,
                    policy == null ? "null" : "\"" + policy + "\""));
        setPhase(migration, "PreparingTarget");
      }
      case "PreparingTarget" -> setPhase(migration, "TargetReady");
      case "TargetReady" -> {
        patchVm(
            name,
            "{\"status\":{\"migrationState\":{\"mode\":\"PreCopy\",\"startTimestamp\":\"%s\"}}}"
                .formatted(Instant.now()));
        setPhase(migration, "Running");
      }
      default -> run(migration, name, postCopy);
    }
  }

  private void run(VirtualMachineInstanceMigration migration, String name, boolean postCopy) {
    String why = failure;
    if (why != null) {
      failure = null;
      end(migration, false, why);
      if (postCopy) {
        patchVm(name, "{\"status\":{\"phase\":\"Failed\"}}");
      }
      return;
    }
    boolean allowed = vm(name).get().getStatus().migrationState().migrationPolicyName() != null;
    if (allowed && !postCopy) {
      if (!holds(Hold.SWITCH) && (switchesByItself || agents.agent(SOURCE).isArmed())) {
        if (!switchesByItself) {
          agents.agent(SOURCE).switchNow();
        }
        patchVm(name, "{\"status\":{\"migrationState\":{\"mode\":\"PostCopy\"}}}");
      }
      return;
    }
    if (!holds(Hold.COMPLETION) && !(postCopy && agents.agent(SOURCE).isThrottled())) {
      end(migration, true, null);
    }
  }

  private void end(VirtualMachineInstanceMigration migration, boolean succeeded, String why) {
    patchVm(
        migration.getSpec().vmiName(),
        succeeded
            ? "{\"status\":{\"nodeName\":\"%s\",\"migrationState\":{\"completed\":true}}}"
                .formatted(TARGET)
            : "{\"status\":{\"migrationState\":{\"completed\":true,\"failed\":true,\"failureReason\":\"%s\"}}}"
                .formatted(why));
    if (succeeded) {
      labelNode(migration.getSpec().vmiName(), TARGET);
    }
    setPhase(migration, succeeded ? "Succeeded" : "Failed");
  }

  private boolean isInPostCopy(String name, VirtualMachineInstanceMigration migration) {
    VirtualMachineInstance vm = vm(name).get();
    var state = vm == null ? null : vm.getStatus().migrationState();
    return state != null
        && uid(migration).equals(state.migrationUid())
        && "PostCopy".equals(state.mode());
  }

  /** The MigrationPolicy that selects this VM; null: none. */
  private String policyOf(String name) {
    var labels = vm(name).get().getMetadata().getLabels();
    return client.resources(MigrationPolicy.class).list().getItems().stream()
        .filter(
            it ->
                labels
                    .entrySet()
                    .containsAll(
                        it.getSpec().selectors().virtualMachineInstanceSelector().entrySet()))
        .map(it -> it.getMetadata().getName())
        .findFirst()
        .orElse(null);
  }

  private String vmUid(String name) {
    return vm(name).get().getMetadata().getUid();
  }

  private static String uid(VirtualMachineInstanceMigration migration) {
    return migration.getMetadata().getUid();
  }

  private void setPhase(VirtualMachineInstanceMigration migration, String phase) {
    client
        .resource(migration)
        .subresource("status")
        .patch(MERGE, "{\"status\":{\"phase\":\"%s\"}}".formatted(phase));
  }

  private void patch(VirtualMachineInstanceMigration migration, String json) {
    client
        .resources(VirtualMachineInstanceMigration.class)
        .inNamespace(namespace)
        .withName(migration.getMetadata().getName())
        .patch(MERGE, json);
  }
}
