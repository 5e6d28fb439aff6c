package io.hotfoot.lab.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotfoot.lab.Lab;
import io.hotfoot.lab.guest.Workload;
import io.hotfoot.lab.pressure.Contention;
import io.hotfoot.lab.trial.Attempt;
import io.hotfoot.lab.trial.MadeUp;
import io.hotfoot.lab.trial.Moments;
import io.hotfoot.lab.trial.Run;
import io.hotfoot.lab.trial.Way;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchSetTest {
  private static final Workload WORKLOAD = new Workload("made-up", 1024, 1, "", false, null);

  /** Pressure begins at 20 s; the guest leaves after a time, starves for a time. */
  private static Attempt attempt(Way way, double leavesS, double starvedS) {
    long switched = Math.round(20_000 + leavesS * 1000);
    var moments = new Moments(20_000, 20_000L, switched, switched + 50, null, 30_000L, 30_500L);
    var leaves =
        new MadeUp(0)
            .runs(20, 1000)
            .runs(leavesS, 500)
            .runs(starvedS, 0)
            .runs(40 - leavesS - starvedS, 1000);
    var stays = new MadeUp(0).runs(20, 1000).runs(leavesS, 500).runs(40 - leavesS, 1000);
    return new Attempt(
        new Run(way, moments, leaves.throughput(), null), List.of(stays.throughput()));
  }

  private static List<Attempt> round(double starvedS) {
    return List.of(
        attempt(Way.ENLIGHTENED, 1, starvedS),
        attempt(Way.PREEMPT, 0, 8),
        attempt(Way.HYBRID, 8, 1));
  }

  @Test
  void writesTheFieldsThatProgramsRead() {
    var set = new BenchSet("400", Contention.HEAVY, 20);

    var entry = new ObjectMapper().valueToTree(set.add(WORKLOAD, round(1)));

    assertEquals("made-up", entry.get("workload").textValue());
    assertEquals(400, entry.get("link_mbit").intValue());
    assertEquals("heavy", entry.get("contention").textValue());
    var enlightened = entry.get("ways").get(0);
    assertEquals("enlightened", enlightened.get("way").textValue());
    assertEquals(1, enlightened.get("contention_left_s").doubleValue(), 0.01);
    assertEquals(2, enlightened.get("work_lost_vm_s").doubleValue(), 0.05);
    assertTrue(enlightened.get("converged").booleanValue());
  }

  @Test
  void anUnlimitedLinkHasNoRate() {
    var set = new BenchSet(Lab.UNLIMITED, Contention.NONE, 20);

    var entry = new ObjectMapper().valueToTree(set.add(WORKLOAD, round(1)));

    assertTrue(entry.get("link_mbit").isNull());
  }

  @Test
  void showsWhereTheEnlightenedWayLosesLess() {
    var slow = new BenchSet("400", Contention.HEAVY, 20);
    slow.add(WORKLOAD, round(1));
    var fast = new BenchSet(Lab.UNLIMITED, Contention.LIGHT, 20);
    fast.add(WORKLOAD, round(9));

    var crossover = new Crossover(List.of(slow, fast));

    assertEquals(List.of("link", "contention heavy", "contention light"), crossover.head());
    assertEquals(
        List.of(List.of("400", "0.25", "–"), List.of("unlimited", "–", "1.25")), crossover.rows());
  }

  @Test
  void aWayThatWasNotTriedIsComparedWithNothing() {
    var set = new BenchSet("400", Contention.HEAVY, 20);
    set.add(WORKLOAD, round(1));

    assertEquals("–", set.againstStock(Way.ORACLE.label()));
  }

  @Test
  void comparesMediansWithTheBetterStockWay() {
    var set = new BenchSet("400", Contention.HEAVY, 20);
    set.add(WORKLOAD, round(1));
    set.add(WORKLOAD, round(9));
    set.add(WORKLOAD, round(3));

    var enlightened = set.rows().getFirst();

    // Lost: 2, 10 and 4 VM-seconds; by preempt 8, by hybrid 9.
    // All three left at 21 s, and a Service followed at 30.5 s.
    assertEquals("9.5 (9.5 to 9.5) s", enlightened.get(4));
    assertEquals("4.0 (2.0 to 10.0) VM-s", enlightened.get(5));
    assertEquals("0.50", enlightened.get(6));
    assertEquals("1.00", set.rows().get(1).get(6));
  }
}
