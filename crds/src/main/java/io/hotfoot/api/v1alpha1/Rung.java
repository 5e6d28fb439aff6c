package io.hotfoot.api.v1alpha1;

/** How an eviction was really done, best first: each stands in where the one before cannot be. */
public enum Rung {
  GuestHints,
  HostHints,
  PostCopy,
  PreCopy;

  /**
   * @param mode the one that was taken
   */
  public static Rung of(EvictionMode mode, HintStatus hints) {
    if (mode == EvictionMode.PreCopy) {
      return PreCopy;
    }
    if (mode == EvictionMode.PostCopy || hints == null || hints.source() == null) {
      return PostCopy;
    }
    return switch (hints.source()) {
      case Guest -> GuestHints;
      case Host -> HostHints;
      case None, Auto -> PostCopy;
    };
  }
}
