package io.hotfoot.lab.guest;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.lab.Cluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** A running VM of ours. Closing it deletes it. */
public final class Guest implements AutoCloseable {
  static final Duration BOOT = Duration.ofMinutes(4);
  private static final Duration CHECK = Duration.ofMinutes(2);
  private static final String LIB = "/usr/lib/hotfoot-lab/";

  private final Cluster cluster;
  private final Vmi vmi;
  private final Recording recording;
  private final PodProgram programs;
  private final GuestAgent agent;

  /** Null where the workload makes its own work, and tells of it on the console. */
  private LoadClient client;

  private Guest(Cluster cluster, Vmi vmi) {
    this.cluster = cluster;
    this.vmi = vmi;
    cluster.client().resource(vmi.resource()).create();
    recording = new Recording(cluster.client(), vmi.namespace(), now().getMetadata().getUid());
    programs = new PodProgram(cluster.client());
    agent = new GuestAgent(programs, domain());
  }

  /**
   * Makes a VM and waits until all in it runs.
   *
   * @throws ConditionTimeoutException if it is not ready in {@link #BOOT}
   * @throws IllegalStateException if KubeVirt says that it has failed
   */
  public static Guest boot(Cluster cluster, Vmi vmi) {
    var guest = new Guest(cluster, vmi);
    try {
      guest.awaitReady();
      if (vmi.workload().client() != null) {
        guest.client = LoadClient.start(vmi);
      }
      return guest;
    } catch (IOException e) {
      guest.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      guest.close();
      throw e;
    }
  }

  private void awaitReady() {
    try {
      await().atMost(BOOT).pollInterval(Duration.ofMillis(500)).until(this::isReady);
    } catch (ConditionTimeoutException e) {
      var status = now().getStatus();
      throw new ConditionTimeoutException(
          "guest %s has not said READY on its console for %d min; its VirtualMachineInstance is %s: see kubectl describe pod"
              .formatted(name(), BOOT.toMinutes(), status == null ? "new" : status.phase()),
          e);
    }
  }

  private boolean isReady() {
    var status = now().getStatus();
    if (status != null && "Failed".equals(status.phase())) {
      throw new IllegalStateException(
          "guest %s did not start: its VirtualMachineInstance is Failed; see kubectl describe vmi and"
                  .formatted(name())
              + " the logs of its virt-launcher pod");
    }
    return recording.saysReady();
  }

  public String namespace() {
    return vmi.namespace();
  }

  public String name() {
    return vmi.name();
  }

  /** Its name in libvirt. */
  public String domain() {
    return vmi.namespace() + "_" + vmi.name();
  }

  /** What it got done: by its client, where it has one, else by what it told on its console. */
  public Throughput throughput() {
    return client == null ? recording.throughput() : client.throughput();
  }

  /** How long its client's requests took; none where it has no client. */
  public Latencies latencies() {
    return client == null ? Latencies.NONE : client.latencies();
  }

  public Recording recording() {
    return recording;
  }

  public PodProgram programs() {
    return programs;
  }

  /** The VMI as the cluster has it now; null once it is gone. */
  public VirtualMachineInstance now() {
    return resource().get();
  }

  /** Where KubeVirt says that it runs. */
  public String node() {
    return now().getStatus().nodeName();
  }

  /** The launcher pod on the node where KubeVirt says that it runs. */
  public Pod launcher() {
    return launcherOn(node());
  }

  private Pod launcherOn(String node) {
    return cluster
        .client()
        .pods()
        .inNamespace(namespace())
        .withLabel("kubevirt.io/created-by", now().getMetadata().getUid())
        .list()
        .getItems()
        .stream()
        .filter(pod -> node.equals(pod.getSpec().getNodeName()))
        .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no launcher of " + name() + " on " + node));
  }

  /** Runs a program inside, by the guest's agent. */
  public GuestAgent.Outcome run(String... argv) throws IOException {
    return agent.run(launcher(), CHECK, argv);
  }

  /** Starts a program inside without waiting for its end. */
  void start(String... argv) throws IOException {
    agent.start(launcher(), argv);
  }

  /** As {@link #start}, in the midst of a migration: on the node where it runs in truth. */
  public void startOn(String node, String... argv) throws IOException {
    agent.start(launcherOn(node), argv);
  }

  /**
   * Looks at the guest's memory from inside: the witness's seeded pages, and what the workload can
   * tell of its own.
   *
   * @throws IOException if something has changed, or the guest does not answer; the message says
   *     what
   */
  public void requireMemoryUnchanged() throws IOException {
    require(LIB + "witness", "check");
    if (vmi.workload().checksItself()) {
      require(LIB + "workload-check");
    }
  }

  private void require(String... argv) throws IOException {
    var outcome = run(argv);
    if (outcome.code() != 0) {
      throw new IOException(
          "the guest's memory has changed: %s says: %s".formatted(argv[0], outcome.output()));
    }
  }

  private Resource<VirtualMachineInstance> resource() {
    return cluster
        .client()
        .resources(VirtualMachineInstance.class)
        .inNamespace(namespace())
        .withName(name());
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
    recording.close();
    resource().delete();
    resource().waitUntilCondition(gone -> gone == null, 1, TimeUnit.MINUTES);
  }
}
