package io.hotfoot.lab.standin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** What is done with one VM, each time recorded and held against a recording of real KubeVirt. */
abstract class Scenarios {
  private final KubernetesClient client;
  private final Path recordings;
  private final String name;
  private final String memory;
  private final String kernelArgs;
  Machine machine;
  Recorder recorder;

  /**
   * @param recordings the folder of the recordings
   * @param name the namespace of the VM, made for it
   */
  Scenarios(
      KubernetesClient client, Path recordings, String name, String memory, String kernelArgs) {
    this.client = client;
    this.recordings = recordings;
    this.name = name;
    this.memory = memory;
    this.kernelArgs = kernelArgs;
  }

  @BeforeAll
  void start() throws IOException {
    machine = new Machine(client, name, memory, kernelArgs);
  }

  @AfterAll
  void stop() {
    if (machine != null) {
      machine.close();
    }
  }

  @BeforeEach
  void record() {
    recorder = new Recorder(client, name);
    recorder.awaitChange("the VMI", c -> c.is("VirtualMachineInstance"));
  }

  @AfterEach
  void endRecord() {
    recorder.close();
  }

  void awaitMigration(String phase) {
    recorder.awaitChange(
        "the migration's phase " + phase,
        c -> c.is("VirtualMachineInstanceMigration") && phase(c.object()).equals(phase));
  }

  void awaitMigrationDeleted() {
    recorder.awaitChange(
        "the migration's end",
        c -> c.is("VirtualMachineInstanceMigration") && c.type().equals("DELETED"));
  }

  /** Until all is as it stays: the migration released, the VM ready, the source's pod ended. */
  void awaitArrival() {
    recorder.awaitChange(
        "the migration's release",
        c ->
            c.is("VirtualMachineInstanceMigration")
                && phase(c.object()).equals("Succeeded")
                && !c.object().path("metadata").has("finalizers"));
    awaitEndOf("source", null);
  }

  void awaitEndOf(String role, String annotation) {
    recorder.awaitChange(
        "the end of the " + role + " pod",
        c ->
            c.is("Pod")
                && c.type().equals("MODIFIED")
                && phase(c.object()).equals("Succeeded")
                && (annotation == null || c.object().at("/metadata/annotations").has(annotation)));
  }

  static String phase(JsonNode object) {
    return object.at("/status/phase").asText();
  }

  void compare(String scenario) throws IOException {
    var expected = strip(scenario, Shape.of(Trace.read(recordings.resolve(scenario + ".jsonl"))));
    var actual = strip(scenario, Shape.of(recorder.trace()));
    var differences = new TreeMap<String, String>();
    var things = new TreeSet<>(expected.keySet());
    things.addAll(actual.keySet());
    for (var thing : things) {
      if (!expected.getOrDefault(thing, List.of()).equals(actual.getOrDefault(thing, List.of()))) {
        differences.put(
            thing,
            "%n    KubeVirt: %s%n    stand-in: %s%n"
                .formatted(expected.get(thing), actual.get(thing)));
      }
    }
    assertEquals(Map.of(), differences, scenario + ": not as recorded, and not in Allowed.LIST");
  }

  private static Map<String, List<String>> strip(String scenario, Map<String, List<String>> shape) {
    var stripped = new TreeMap<String, List<String>>();
    shape.forEach(
        (thing, seen) -> {
          var left =
              seen.stream()
                  .filter(
                      what -> Allowed.LIST.stream().noneMatch(a -> a.covers(scenario, thing, what)))
                  .toList();
          if (!left.isEmpty()) {
            stripped.put(thing, left);
          }
        });
    return stripped;
  }
}
