package io.hotfoot.lab.move;

import java.time.Instant;

/** A VM's move to another node while it goes on. */
public interface Move {

  /** How it stands now. */
  Progress progress();

  /** Calls it off, and waits until it has ended. Only before execution has moved. */
  void callOff();

  /** What was pulled by hint; null where no hints were used. */
  default UsedHints hints() {
    return null;
  }

  /** When every hinted page was there; null where no hints were used. */
  default Instant hotResident() {
    return null;
  }

  /**
   * @param phase in the words of the object that was made
   * @param hotPercent of the hinted pages that are there; null where unknown
   * @param totalPercent of the guest's memory that has moved; null where unknown
   * @param ended whether it is over, well or not
   * @param succeeded whether it ended well
   * @param message why it stands as it does
   */
  record Progress(
      String phase,
      Integer hotPercent,
      Integer totalPercent,
      boolean ended,
      boolean succeeded,
      String message) {}
}
