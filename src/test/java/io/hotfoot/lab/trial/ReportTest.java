package io.hotfoot.lab.trial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hotfoot.lab.move.UsedHints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final long START = 21_000;

  @TempDir Path folder;

  private static Run run(Way way, Double switched, double back, Double ended, MadeUp madeUp) {
    var moments =
        new Moments(
            20_000,
            START,
            ms(switched),
            switched == null ? null : ms(switched) + 60,
            way == Way.ENLIGHTENED ? START + 2_100 : null,
            ms(ended),
            null);
    var hints = way == Way.ENLIGHTENED ? new UsedHints("Guest", 18_000, 73_728_000, 450) : null;
    return new Run(way, moments, madeUp.throughput(), hints);
  }

  private static Long ms(Double seconds) {
    return seconds == null ? null : START + Math.round(seconds * 1000);
  }

  /** Runs at full speed until the job and for some seconds more, starves, runs at 80 %. */
  private static MadeUp guest(double goodS, double starvedS) {
    return new MadeUp(0).runs(21 + goodS, 1000).runs(starvedS, 40).runs(60 - goodS - starvedS, 800);
  }

  private static List<Run> runs() {
    return List.of(
        run(Way.ENLIGHTENED, 0.1, 2.4, 18.7, guest(0.1, 2.3)),
        run(Way.PREEMPT, 0.1, 16, 16.5, guest(0.1, 15.9)),
        run(Way.HYBRID, 16.2, 17.7, 20.0, guest(16.2, 1.5)),
        run(Way.PRECOPY, null, 0, null, new MadeUp(0).runs(61, 1000)));
  }

  private void write() throws Exception {
    var figures = new Figures(runs());
    Report.write(
        folder,
        new Result("apply", "a<b", 1024, 400, figures.ways(400)),
        runs(),
        List.of(),
        figures);
  }

  @Test
  void writesTheFieldsThatProgramsRead() throws Exception {
    write();

    var result = new ObjectMapper().readTree(folder.resolve("result.json").toFile());
    assertEquals("a<b", result.get("workload").textValue());
    assertEquals(1024, result.get("guest_mib").intValue());
    assertEquals(400, result.get("link_mbit").intValue());
    var enlightened = result.at("/ways/0");
    assertEquals("enlightened", enlightened.get("way").textValue());
    assertTrue(enlightened.get("converged").booleanValue());
    assertEquals(0.1, enlightened.get("switchover_s").doubleValue());
    assertEquals(60, enlightened.get("downtime_ms").intValue());
    assertEquals("Guest", enlightened.at("/hints/source").textValue());
    assertEquals(450, enlightened.at("/hints/collected_ms").intValue());
    assertEquals(2.1, enlightened.get("hot_resident_s").doubleValue());
    assertEquals(1.47, enlightened.get("hot_ideal_s").doubleValue());
    assertEquals(18.7, enlightened.get("total_s").doubleValue());
    assertEquals(0.8, enlightened.get("settled_share").doubleValue());
    assertTrue(enlightened.has("lost_ops_share"));
    var precopy = result.at("/ways/3");
    assertFalse(precopy.get("converged").booleanValue());
    assertTrue(precopy.get("recovered_s").isNull());
    assertTrue(precopy.get("hints").isNull());
  }

  @Test
  void writesAPageThatNeedsNothingElse() throws Exception {
    write();

    var page = Files.readString(folder.resolve("report.html"));
    assertFalse(page.contains("{{"), "a placeholder was left");
    assertFalse(page.contains("<script") || page.contains("http"), "the page loads something");
    assertTrue(page.contains("Workload a&lt;b, a guest of 1024 MiB"));
    assertTrue(page.contains("times sooner than by stock post-copy"));
    for (var way : List.of(Way.ENLIGHTENED, Way.PREEMPT, Way.HYBRID, Way.PRECOPY)) {
      assertTrue(page.contains("<polyline class='line " + way.label()), way + " has no line");
    }
  }

  @Test
  void showsWhatAllVmsOfAPressedNodeGotDone() throws Exception {
    var figures = new Figures(runs());
    var stays = guest(0, 0).throughput();
    var attempts = runs().stream().map(run -> new Attempt(run, List.of(stays, stays))).toList();
    var result = new Result("pressure", "a", 1024, 400, figures.ways(400));

    Report.write(folder, result, runs(), attempts, figures);

    var page = Files.readString(folder.resolve("report.html"));
    assertFalse(page.contains("{{"), "a placeholder was left");
    assertEquals(2, page.split("<svg", -1).length - 1);
    assertTrue(page.contains("<li>preempt: "));
    assertEquals(
        "pressure",
        new ObjectMapper()
            .readTree(folder.resolve("result.json").toFile())
            .get("started_by")
            .textValue());
  }

  @Test
  void putsTheTableInColumns() {
    var result = new Result("apply", "scattered", 1024, 400, new Figures(runs()).ways(400));

    var lines = Table.text(result).lines().toList();

    assertEquals(5, lines.size());
    assertEquals(1, lines.stream().map(String::length).distinct().count());
    assertTrue(lines.get(4).startsWith("precopy"));
    assertTrue(lines.get(4).contains("never moved"));
  }
}
