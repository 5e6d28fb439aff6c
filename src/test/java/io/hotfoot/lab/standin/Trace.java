package io.hotfoot.lab.standin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the API server told about one migration: changes of the VMI, its migration, its launcher
 * pods, and the events about them, in the order in which they came.
 */
record Trace(List<Change> changes) {

  /**
   * @param type ADDED, MODIFIED or DELETED
   */
  record Change(String type, JsonNode object) {
    boolean is(String kind) {
      return object.path("kind").asText().equals(kind);
    }

    String name() {
      return object.at("/metadata/name").asText();
    }
  }

  /** Reads a recording: one JSON object a line, with `type` and `object`. */
  static Trace read(Path file) throws IOException {
    var mapper = new ObjectMapper();
    var changes = new ArrayList<Change>();
    for (var line : Files.readAllLines(file)) {
      var json = mapper.readTree(line);
      changes.add(new Change(json.get("type").asText(), json.get("object")));
    }
    return new Trace(changes);
  }

  Stream<Change> of(String kind) {
    return changes.stream().filter(change -> change.is(kind));
  }

  /** The first object of this kind for which it holds. */
  JsonNode first(String kind, Predicate<JsonNode> holds) {
    return of(kind)
        .map(Change::object)
        .filter(holds)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the trace shows no such " + kind));
  }
}
