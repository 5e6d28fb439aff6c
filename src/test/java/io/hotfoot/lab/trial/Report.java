package io.hotfoot.lab.trial;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.hotfoot.lab.Resources;
import io.hotfoot.lab.trial.Result.WayResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Writes what a demo found: result.json for programs, report.html for people. */
public final class Report {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Of the VMs' full speed together. */
  private static final double BACK_TOGETHER = 0.9;

  private Report() {}

  /**
   * @param attempts the same runs with what other VMs of the node got done; empty: there were none
   * @param folder is made where it is missing; older files of the same names are replaced
   */
  public static void write(
      Path folder, Result result, List<Run> runs, List<Attempt> attempts, Figures figures)
      throws IOException {
    Files.createDirectories(folder);
    JSON.writeValue(folder.resolve("result.json").toFile(), result);
    Files.writeString(folder.resolve("report.html"), page(result, runs, attempts, figures));
  }

  private static String page(
      Result result, List<Run> runs, List<Attempt> attempts, Figures figures) {
    return Resources.text("report.html")
        .replace("{{style}}", Resources.text("report.css"))
        .replace("{{headline}}", escape(Table.headline(result)))
        .replace("{{setting}}", escape(setting(result)))
        .replace(
            "{{chart}}", Chart.of(runs, figures.levelBefore(), figures.threshold(), result.ways()))
        .replace("{{together}}", attempts.isEmpty() ? "" : together(attempts, result))
        .replace("{{head}}", cells("th", Table.HEAD))
        .replace("{{rows}}", result.ways().stream().map(Report::row).collect(Collectors.joining()));
  }

  private static String together(List<Attempt> attempts, Result result) {
    double full = Attempt.FULL * (1 + attempts.getFirst().stayed().size());
    var runs = attempts.stream().map(Attempt::aggregate).toList();
    return Resources.text("together.html")
        .replace("{{chart}}", Chart.of(runs, full, BACK_TOGETHER * full, result.ways()))
        .replace(
            "{{rows}}",
            attempts.stream()
                .map(
                    it -> "<li>%s: %s</li>%n".formatted(it.run().way().label(), Table.together(it)))
                .collect(Collectors.joining()));
  }

  private static String setting(Result result) {
    return "Workload %s, a guest of %d MiB%s."
        .formatted(
            result.workload(),
            result.guestMib(),
            result.linkMbit() == null
                ? ""
                : ", a link of " + result.linkMbit() + " Mbit/s between the nodes");
  }

  private static String row(WayResult way) {
    return "<tr class='%s'>%s</tr>\n".formatted(way.way(), cells("td", Table.row(way)));
  }

  public static String cells(String tag, List<String> values) {
    return values.stream()
        .map(value -> "<%s>%s</%s>".formatted(tag, escape(value), tag))
        .collect(Collectors.joining());
  }

  public static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
