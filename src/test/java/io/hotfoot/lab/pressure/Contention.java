package io.hotfoot.lab.pressure;

import java.util.Locale;

/** How much a node's VMs want more CPU than there is, from the onset of pressure on. */
public enum Contention {
  /** The VMs get what they take. */
  NONE(100),
  LIGHT(85),
  HEAVY(60);

  private final int share;

  Contention(int share) {
    this.share = share;
  }

  /** What the VMs get of the CPU time that they took just before, percent. */
  int share() {
    return share;
  }

  /** The name in results.json. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
