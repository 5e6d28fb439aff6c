package io.hotfoot.lab.trial;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A way for a VM to leave its node. */
public enum Way {
  ENLIGHTENED("enlightened", "Hotfoot: post-copy at once, the guest's hinted pages first"),
  ENLIGHTENED_HOST("enlightened-host", "the same by hints that its node takes, without its help"),
  ORACLE("oracle", "the same by hints that are the truth, as the workload itself tells it"),
  PREEMPT("preempt", "post-copy at once, with preempt, as libvirt does by itself"),
  HYBRID("hybrid", "one pre-copy pass, then post-copy, as KubeVirt's own timeout does"),
  PRECOPY("precopy", "pre-copy, as KubeVirt does by default"),
  PRECOPY_CONVERGE("precopy-converge", "pre-copy that slows the guest down until it converges");

  private final String label;
  private final String description;

  Way(String label, String description) {
    this.label = label;
    this.description = description;
  }

  /**
   * @throws IllegalArgumentException if no way has this label
   */
  public static Way of(String label) {
    return Stream.of(values())
        .filter(way -> way.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no way '%s'; there are %s"
                        .formatted(
                            label,
                            Stream.of(values())
                                .map(Way::label)
                                .collect(Collectors.joining(", ")))));
  }

  /** The name in result.json. */
  public String label() {
    return label;
  }

  /** Whether it ends; pre-copy of a busy guest may not, and is cut off. */
  public boolean moves() {
    return this != PRECOPY && this != PRECOPY_CONVERGE;
  }

  String description() {
    return description;
  }
}
