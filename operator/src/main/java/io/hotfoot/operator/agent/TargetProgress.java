package io.hotfoot.operator.agent;

import io.hotfoot.agent.v1.TargetReport;
import java.time.Instant;

/**
 * @param grownAt when a page was last seen to have come
 */
public record TargetProgress(TargetReport report, Instant grownAt) {

  static TargetProgress of(TargetReport report, TargetProgress before, Instant now) {
    boolean grown =
        before == null
            || report.getState() != before.report.getState()
            || report.getResidentPages() > before.report.getResidentPages();
    return new TargetProgress(report, grown ? now : before.grownAt);
  }
}
