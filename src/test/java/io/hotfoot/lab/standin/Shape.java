package io.hotfoot.lab.standin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A trace, made comparable: for each thing that somebody may rely on, the sequence of what was seen
 * of it. Different writers race, so order is kept within one thing only, not between them.
 */
final class Shape {
  private static final String MIGRATION_STATE = "status.migrationState.";
  private static final List<String> MILESTONES =
      List.of(
          "migrationUid",
          "targetNodeAddress",
          "startTimestamp",
          "targetNodeDomainDetected",
          "targetNodeDomainReadyTimestamp",
          "abortRequested",
          "endTimestamp");

  private final Map<String, List<String>> things = new TreeMap<>();
  private final Trace trace;
  private final String migrationUid;
  private final String sourcePod;
  private final Anonymous anonymous;

  private Shape(Trace trace) {
    this.trace = trace;
    var vmi = trace.first("VirtualMachineInstance", each -> true);
    var migration =
        trace.first("VirtualMachineInstanceMigration", each -> each.path("status").isMissingNode());
    migrationUid = migration.at("/metadata/uid").asText();
    sourcePod =
        trace
            .first("VirtualMachineInstanceMigration", each -> isOurs(each) && each.has("status"))
            .at("/status/migrationState/sourcePod")
            .asText();
    anonymous =
        new Anonymous(
            vmi.at("/metadata/namespace").asText(),
            vmi.at("/metadata/name").asText(),
            migration.at("/metadata/name").asText(),
            vmi.at("/status/nodeName").asText());
  }

  /** Each thing with the sequence of what was seen of it. */
  static Map<String, List<String>> of(Trace trace) {
    var shape = new Shape(trace);
    shape.migration();
    shape.vmi();
    shape.pods();
    shape.events();
    return shape.things;
  }

  private void migration() {
    var ours =
        trace
            .of("VirtualMachineInstanceMigration")
            .filter(change -> isOurs(change.object()))
            .toList();
    changes("migration", ours.stream(), Map.of());
    if (ours.getLast().type().equals("DELETED")) {
      saw("migration deleted", "true");
    }
  }

  private boolean isOurs(JsonNode migration) {
    return migration.at("/metadata/uid").asText().equals(migrationUid);
  }

  private void vmi() {
    Map<String, String> before = null;
    Map<String, String> state = Map.of();
    for (var change : trace.of("VirtualMachineInstance").toList()) {
      var fields = Fields.of(change.object(), anonymous);
      // What an earlier migration left there is no part of this one.
      var migration = fields.keySet().stream().filter(each -> each.startsWith(MIGRATION_STATE));
      var parts = migration.collect(Collectors.toMap(each -> each, fields::get));
      fields.keySet().removeAll(parts.keySet());
      if (before != null) {
        changed("vmi", before, fields);
      }
      before = fields;
      if (isMoved(change.object())) {
        changed("vmi", state, parts);
        state = parts;
        milestones(change.object());
      }
    }
  }

  private boolean isMoved(JsonNode vmi) {
    return vmi.at("/status/migrationState/migrationUid").asText().equals(migrationUid);
  }

  private void milestones(JsonNode vmi) {
    var state = vmi.at("/status/migrationState");
    MILESTONES.stream().filter(state::has).forEach(each -> sawFirst("vmi milestones", each));
  }

  private void pods() {
    changes("target pod", trace.of("Pod").filter(this::isTarget), Map.of());
    changes("source pod", trace.of("Pod").filter(pod -> pod.name().equals(sourcePod)), null);
  }

  private boolean isTarget(Trace.Change pod) {
    var job = pod.object().at("/metadata/labels").path("kubevirt.io/migrationJobUID").asText();
    return job.equals(migrationUid);
  }

  private void events() {
    trace
        .of("Event")
        .map(Trace.Change::object)
        .filter(event -> !event.at("/involvedObject/kind").asText().equals("Pod"))
        .forEach(
            event -> {
              var source = event.path("source");
              var who = source.path("component").asText() + " " + source.path("host").asText("");
              var what =
                  Stream.of(event.at("/involvedObject/kind"), event.path("type"))
                      .map(JsonNode::asText)
                      .reduce("", (a, b) -> a + b + " ");
              var says = event.path("reason").asText() + ": " + event.path("message").asText();
              sawFirst("events of " + anonymous.text(who.strip()), anonymous.text(what + says));
            });
  }

  /**
   * Tells each field's values in turn.
   *
   * @param before what is there already; null to take the first change for that
   */
  private void changes(String thing, Stream<Trace.Change> changes, Map<String, String> before) {
    var known = before;
    for (var change : (Iterable<Trace.Change>) changes::iterator) {
      var fields = Fields.of(change.object(), anonymous);
      if (known != null) {
        changed(thing, known, fields);
      }
      known = fields;
    }
  }

  private void changed(String thing, Map<String, String> before, Map<String, String> after) {
    after.forEach(
        (field, value) -> {
          if (!value.equals(before.get(field))) {
            saw(thing + " " + field, value);
          }
        });
    before.keySet().stream()
        .filter(field -> !after.containsKey(field))
        .forEach(field -> saw(thing + " " + field, "(gone)"));
  }

  private void saw(String thing, String what) {
    things.computeIfAbsent(thing, each -> new ArrayList<>()).add(what);
  }

  private void sawFirst(String thing, String what) {
    if (!things.getOrDefault(thing, List.of()).contains(what)) {
      saw(thing, what);
    }
  }
}
