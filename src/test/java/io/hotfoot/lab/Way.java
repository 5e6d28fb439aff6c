package io.hotfoot.lab;

/** A way for a VM to leave its node. */
enum Way {
  ENLIGHTENED("enlightened", "Hotfoot: post-copy at once, the guest's hinted pages first"),
  PREEMPT("preempt", "post-copy at once, with preempt, as libvirt does by itself"),
  HYBRID("hybrid", "one pre-copy pass, then post-copy, as KubeVirt's own timeout does"),
  PRECOPY("precopy", "pre-copy, as KubeVirt does by default");

  private final String label;
  private final String description;

  Way(String label, String description) {
    this.label = label;
    this.description = description;
  }

  /** The name in result.json. */
  String label() {
    return label;
  }

  String description() {
    return description;
  }
}
