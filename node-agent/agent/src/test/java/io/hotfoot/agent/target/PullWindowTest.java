package io.hotfoot.agent.target;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PullWindowTest {
  private static final long INTERVAL = 20_000_000;
  private final PullWindow window = new PullWindow();

  /** A link that takes this many pages a second, with this round trip when nothing waits. */
  private record Link(double pagesPerSecond, double roundTripNanos) {
    /** Feeds the window with what this link would deliver until it no longer changes. */
    int settle(PullWindow window) {
      for (int i = 0; i < 200; i++) {
        deliver(window);
      }
      return window.size();
    }

    /** What is in flight at once takes one round trip, or queues (Little's law). */
    void deliver(PullWindow window) {
      double perSecond = Math.min(pagesPerSecond, window.size() / roundTripNanos * 1e9);
      long pages = (long) (perSecond * INTERVAL / 1e9);
      window.measured(pages, INTERVAL, (long) (window.size() / perSecond * 1e9) * pages);
    }
  }

  @Test
  void halfAsMuchAgainAsBandwidthTimesRoundTrip() {
    // 400 Mbit/s; 4 in flight were measured to reach 0.93 of it at 0.33 ms.
    assertThat(new Link(12_000, 330_000).settle(window)).isBetween(5, 7);
  }

  @Test
  void growsWithTheRoundTrip() {
    assertThat(new Link(12_000, 1_330_000).settle(window)).isBetween(23, 25);
  }

  @Test
  void aSlowLinkNeedsFew() {
    assertThat(new Link(3_000, 300_000).settle(window)).isEqualTo(2);
  }

  @Test
  void neverMoreThanTheMost() {
    assertThat(new Link(1_000_000, 1_000_000).settle(window)).isEqualTo(PullWindow.MAX);
  }

  @Test
  void shrinksWhenTheLinkGetsSlower() {
    new Link(12_000, 330_000).settle(window);
    assertThat(new Link(3_000, 330_000).settle(window)).isEqualTo(2);
  }

  @Test
  void oneSlowIntervalDoesNotCollapseIt() {
    Link link = new Link(12_000, 330_000);
    int before = link.settle(window);
    window.measured(20, INTERVAL, 20 * INTERVAL);
    assertThat(window.size()).isEqualTo(before);
  }

  @Test
  void beginsWithOne() {
    assertThat(window.size()).isEqualTo(1);
  }
}
