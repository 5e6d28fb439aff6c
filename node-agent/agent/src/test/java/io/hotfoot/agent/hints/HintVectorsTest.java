package io.hotfoot.agent.hints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotfoot.agent.hints.HintSet.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** docs/hint-vectors: what both the guest's side and this one must read alike. */
class HintVectorsTest {
  private static final Path VECTORS = Path.of("../../docs/hint-vectors");

  @TestFactory
  Stream<DynamicTest> vectors() throws IOException {
    return Files.readAllLines(VECTORS.resolve("vectors.tsv")).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.split("\t", -1))
        .map(v -> DynamicTest.dynamicTest(v[0], () -> check(v[0], v[1], v[2])));
  }

  private static void check(String file, String result, String content) throws IOException {
    byte[] bytes = Files.readAllBytes(VECTORS.resolve(file));
    if (result.equals("ok")) {
      assertThat(describe(HintSetReader.read(bytes))).isEqualTo(content);
    } else {
      assertThatThrownBy(() -> HintSetReader.read(bytes))
          .isInstanceOfSatisfying(
              HintFormatException.class, e -> assertThat(e.field()).isEqualTo(result));
    }
  }

  private static String describe(HintSet hints) {
    return hints.sections().stream()
        .map(HintVectorsTest::describe)
        .collect(Collectors.joining(" "));
  }

  private static String describe(Section section) {
    return "%d/%d/%d/%d/%d"
        .formatted(
            section.hintClass().ordinal() + 1,
            section.heat(),
            section.frames().getCardinality(),
            section.frames().first(),
            section.frames().last());
  }
}
