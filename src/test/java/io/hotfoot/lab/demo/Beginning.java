package io.hotfoot.lab.demo;

import java.util.Locale;

/** What starts the demo's evictions. */
enum Beginning {
  /** A VMEviction, as a person applies it. */
  APPLY(null),
  /** A policy, once the node's VMs get less CPU time than they take. */
  PRESSURE("cpu"),
  /** A policy, once the node's memory is squeezed. */
  MEMORY("memory");

  private final String resource;

  Beginning(String resource) {
    this.resource = resource;
  }

  /** What the node is short of, in a policy's words; null where it is not pressed. */
  String resource() {
    return resource;
  }

  boolean byPolicy() {
    return resource != null;
  }

  /** As result.json has it: "apply" or "pressure". */
  String startedBy() {
    return (byPolicy() ? PRESSURE : APPLY).name().toLowerCase(Locale.ROOT);
  }
}
