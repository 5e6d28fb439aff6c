package io.hotfoot.agent.log;

import org.jboss.logging.MDC;

/** A thread of one eviction: each line that it logs has the eviction's name, as {@value #KEY}. */
public final class EvictionThread {
  /** As in the operator's log. */
  private static final String KEY = "about";

  private EvictionThread() {}

  /**
   * One that has not started yet.
   *
   * @param end which end of the eviction this node is
   * @param eviction its name, or its UID where that is not known
   */
  public static Thread of(String end, String eviction, Runnable work) {
    return Thread.ofPlatform()
        .daemon()
        .name(end + "-" + eviction)
        .unstarted(
            () -> {
              MDC.put(KEY, eviction);
              work.run();
            });
  }
}
