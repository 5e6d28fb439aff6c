package io.hotfoot.lab.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All runs so far, also those of earlier campaigns, kept in a file. */
final class ChaosResults {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Path file;
  private final List<ChaosResult> all = new ArrayList<>();

  /**
   * @param file need not be there yet
   */
  ChaosResults(Path file) throws IOException {
    this.file = file;
    if (Files.exists(file)) {
      all.addAll(List.of(JSON.readValue(file.toFile(), ChaosResult[].class)));
    }
  }

  /** Takes the place of an earlier run of the same fault and seed. */
  void add(ChaosResult result) throws IOException {
    all.removeIf(it -> it.seed() == result.seed() && it.fault().equals(result.fault()));
    all.add(result);
    JSON.writeValue(file.toFile(), all);
  }

  List<ChaosResult> all() {
    return List.copyOf(all);
  }
}
