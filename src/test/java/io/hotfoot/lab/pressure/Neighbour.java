package io.hotfoot.lab.pressure;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.hotfoot.lab.Cluster;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A pod that troubles a node's VMs. Closing it ends it. */
public final class Neighbour implements AutoCloseable {
  private static final String LOOPS =
      "i=0; while [ $i -lt $((2 * $(nproc))) ]; do while :; do :; done & i=$((i + 1)); done; wait";

  /**
   * The kernel counts as waiting for memory only what it reads again of what was in use: a file
   * must have been read all over, twice, before that shows. One reader took most of a minute for
   * it.
   */
  private static final int READERS = 4;

  private static final String READS =
      """
      import mmap, os, random, time
      with open("/scratch/file", "wb") as file:
          for _ in range(%d):
              file.write(os.urandom(1 << 20))
      memory = mmap.mmap(os.open("/scratch/file", os.O_RDONLY), 0, prot=mmap.PROT_READ)
      memory.madvise(mmap.MADV_RANDOM)
      pages = range(0, len(memory), mmap.PAGESIZE)
      for page in pages:
          memory[page]
      open("/scratch/ready", "w").close()
      for _ in range(%d - 1):
          if os.fork() == 0:
              break
      random.seed(os.getpid())
      while True:
          for _ in range(64):
              memory[random.choice(pages)]
          time.sleep(0.001)
      """;

  private final Cluster cluster;
  private final Pod pod;

  private Neighbour(Cluster cluster, Pod pod) {
    this.cluster = cluster;
    this.pod = cluster.client().resource(pod).create();
  }

  /** Takes what CPU it can get: twice as many loops as the node has CPUs. */
  public static Neighbour burning(Cluster cluster, String node, String namespace) {
    return new Neighbour(cluster, pod(node, namespace, operatorsImage(cluster), "sh", "-c", LOOPS));
  }

  /**
   * Reads a file at random, all of which is in memory once this returns. Counts like a VM.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientTimeoutException if it is not there within
   *     a minute
   */
  static Neighbour reading(Cluster cluster, String node, String namespace, int fileMib) {
    var pod =
        pod(
            node,
            namespace,
            standInsImage(cluster),
            "python3",
            "-c",
            READS.formatted(fileMib, READERS));
    var scratch =
        new PodBuilder(likeAVm(pod))
            .editSpec()
            .addNewVolume()
            .withName("scratch")
            .withNewEmptyDir()
            .endEmptyDir()
            .endVolume()
            .editFirstContainer()
            .addNewVolumeMount()
            .withName("scratch")
            .withMountPath("/scratch")
            .endVolumeMount()
            .withNewReadinessProbe()
            .withNewExec()
            .withCommand("test", "-e", "/scratch/ready")
            .endExec()
            .withPeriodSeconds(1)
            .endReadinessProbe()
            .endContainer()
            .endSpec()
            .build();
    var neighbour = new Neighbour(cluster, scratch);
    cluster.client().resource(neighbour.pod).waitUntilReady(1, TimeUnit.MINUTES);
    return neighbour;
  }

  private static Pod pod(String node, String namespace, String image, String... command) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withGenerateName("neighbour-")
        .endMetadata()
        .withNewSpec()
        .withNodeName(node)
        .withTerminationGracePeriodSeconds(0L)
        .addNewContainer()
        .withName("neighbour")
        .withImage(image)
        .withCommand(command)
        .endContainer()
        .endSpec()
        .build();
  }

  /** Burstable, as virt-launchers are. */
  private static Pod likeAVm(Pod pod) {
    return new PodBuilder(pod)
        .editSpec()
        .editFirstContainer()
        .withNewResources()
        .withRequests(Map.of("cpu", new Quantity("50m")))
        .endResources()
        .endContainer()
        .endSpec()
        .build();
  }

  private static String operatorsImage(Cluster cluster) {
    return imageOf(cluster, "app.kubernetes.io/name", "hotfoot-operator");
  }

  private static String standInsImage(Cluster cluster) {
    return imageOf(cluster, "kubevirt.io", "virt-handler");
  }

  /** One that is on the cluster anyway. */
  private static String imageOf(Cluster cluster, String label, String value) {
    return cluster
        .client()
        .pods()
        .inAnyNamespace()
        .withLabel(label, value)
        .list()
        .getItems()
        .getFirst()
        .getSpec()
        .getContainers()
        .getFirst()
        .getImage();
  }

  @Override
  public void close() {
    cluster.client().resource(pod).delete();
  }
}
