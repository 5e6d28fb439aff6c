package io.hotfoot.lab.move;

import io.fabric8.kubernetes.api.model.Pod;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.lab.Cluster;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.guest.Virsh;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What an eviction must not leave behind. */
public final class Traces {
  public static final String LABEL = "eviction.hotfoot.io/enlightened";
  public static final String POLICY = "hotfoot";
  private static final Duration STEP = Duration.ofSeconds(20);

  private Traces() {}

  /** Everything that was left, in words; empty when nothing was. */
  public static List<String> leftOf(Cluster cluster, Guest guest) throws IOException {
    var left = new ArrayList<String>();
    var vmi = guest.now();
    var labels = vmi.getMetadata().getLabels();
    if (labels != null && labels.containsKey(LABEL)) {
      left.add("label " + LABEL + " on the VMI");
    }
    var policies = cluster.client().resources(MigrationPolicy.class);
    if (policies.withName(POLICY).get() != null) {
      left.add("MigrationPolicy " + POLICY);
    }
    var limit = throttle(guest, guest.launcher());
    if (!limit.equals("0") && !limit.equals("8796093022207")) {
      left.add("a limit of the background stream: " + limit + " MiB/s");
    }
    return left;
  }

  /** MiB a second; 0 or 2^43-1: none. */
  private static String throttle(Guest guest, Pod launcher) throws IOException {
    return guest
        .programs()
        .run(launcher, STEP, Virsh.command("migrate-getspeed", "--postcopy", guest.domain()));
  }
}
