package io.hotfoot.operator.it;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Other versions of the chart, made of this one. */
final class ChartCopy {
  static final Path CURRENT = Path.of("../helm/hotfoot");

  /**
   * As a user may have it: the chart of 2026-11-25, packaged. To be replaced by the last release.
   */
  static final Path EARLIER = Path.of("src/test/resources/charts/hotfoot-0.1.0.tgz");

  static final String CRD = "vmevictions.eviction.hotfoot.io";

  private ChartCopy() {}

  /**
   * As it was until 0.1.0: the CRDs where Helm never upgrades them, and VMEviction less a column.
   */
  static Path before(Path folder) throws IOException {
    Path chart = copy(folder.resolve("before"), "0.0.9");
    Files.delete(chart.resolve("templates/crds.yaml"));
    Files.move(chart.resolve("files/crds"), chart.resolve("crds"));
    editColumns(chart.resolve("crds"), List::removeLast);
    return chart;
  }

  /** As it may be one day: VMEviction has a column more. */
  static Path after(Path folder) throws IOException {
    Path chart = copy(folder.resolve("after"), "9.9.9");
    var more = new CustomResourceColumnDefinition();
    more.setName("More");
    more.setType("string");
    more.setJsonPath(".spec.vmiName");
    editColumns(chart.resolve("files/crds"), columns -> columns.add(more));
    return chart;
  }

  private static void editColumns(Path crds, Consumer<List<CustomResourceColumnDefinition>> change)
      throws IOException {
    Path file = crds.resolve(CRD + ".yaml");
    var crd = Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class);
    change.accept(crd.getSpec().getVersions().getFirst().getAdditionalPrinterColumns());
    Files.writeString(file, Serialization.asYaml(crd));
  }

  private static Path copy(Path to, String version) throws IOException {
    try (Stream<Path> files = Files.walk(CURRENT)) {
      files.forEach(file -> copyFile(file, to.resolve(CURRENT.relativize(file))));
    }
    Path head = to.resolve("Chart.yaml");
    Files.writeString(
        head, Files.readString(head).replaceAll("(?m)^version: .*$", "version: " + version));
    return to;
  }

  private static void copyFile(Path from, Path to) {
    try {
      Files.copy(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
