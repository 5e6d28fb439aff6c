package io.hotfoot.lab.e2e;

import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.guest.Vmi;
import io.hotfoot.lab.guest.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** Small guests for the system tests, in a namespace of their own. Closing it removes all. */
final class LabGuests implements AutoCloseable {
  private static final int MEMORY_MIB = 384;
  private static final String SMALL = "hot=8 cold=100";

  private final Cluster cluster = Cluster.connect();
  private final String namespace;
  private final Workload workload;
  private Guest shared;
  private int made;

  LabGuests(String namespace) throws IOException {
    this.namespace = namespace;
    workload = Workload.in(Path.of("lab/workloads/scattered")).smaller(MEMORY_MIB, SMALL);
    cluster.makeNamespace(namespace);
  }

  Cluster cluster() {
    return cluster;
  }

  String namespace() {
    return namespace;
  }

  /** A guest that tests share, since booting one takes long: they must leave it as it was. */
  Guest shared() {
    if (shared == null || !"Running".equals(shared.now().getStatus().phase())) {
      shared = boot(workload, UnaryOperator.identity());
    }
    return shared;
  }

  /**
   * A guest for one test, which closes it.
   *
   * @param kernelArgs what the guest is told beside the usual (src/test/lab/guest/init lists it)
   */
  Guest own(String kernelArgs, UnaryOperator<Vmi> change) {
    return boot(workload.smaller(MEMORY_MIB, SMALL + " " + kernelArgs), change);
  }

  /** A small guest for one test, which closes it, with a workload of the lab's. */
  Guest own(String workload, String kernelArgs) throws IOException {
    var folder = Path.of("lab/workloads").resolve(workload);
    return boot(Workload.in(folder).smaller(MEMORY_MIB, kernelArgs), UnaryOperator.identity());
  }

  private Guest boot(Workload workload, UnaryOperator<Vmi> change) {
    var name = "guest-" + ++made;
    var vmi = new Vmi(namespace, name, workload, cluster.vmNodes().getFirst());
    return Guest.boot(cluster, change.apply(vmi));
  }

  @Override
  public void close() {
    try {
      cluster.removeNamespace(namespace);
    } finally {
      cluster.close();
    }
  }
}
