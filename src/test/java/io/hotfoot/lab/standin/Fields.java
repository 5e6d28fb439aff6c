package io.hotfoot.lab.standin;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** An object's fields as flat paths with values, both anonymous. */
final class Fields {
  // Bookkeeping of the API server, the kubelet or the client that made the object.
  private static final Set<String> NOT_KUBEVIRTS =
      Set.of(
          "apiVersion",
          "creationTimestamp",
          "deletionGracePeriodSeconds",
          "generateName",
          "generation",
          "kind",
          "kubectl.kubernetes.io/last-applied-configuration",
          "lastProbeTime",
          "lastTransitionTime",
          "managedFields",
          "name",
          "namespace",
          "phaseTransitionTimestamps",
          "resourceVersion",
          "uid");
  private static final Set<String> OF_A_POD =
      Set.of("affinity", "nodeSelector", "readinessGates", "securityContext");

  private final Map<String, String> values = new TreeMap<>();
  private final Anonymous anonymous;

  private Fields(Anonymous anonymous) {
    this.anonymous = anonymous;
  }

  /** Of a pod only what KubeVirt decides: metadata, placement, readiness, phase. */
  static Map<String, String> of(JsonNode object, Anonymous anonymous) {
    var fields = new Fields(anonymous);
    if (object.path("kind").asText().equals("Pod")) {
      fields.add("metadata", object.path("metadata"));
      for (var part : object.path("spec").properties()) {
        if (OF_A_POD.contains(part.getKey())) {
          fields.add("spec." + part.getKey(), part.getValue());
        }
      }
      fields.add("status.phase", object.at("/status/phase"));
      for (var condition : object.at("/status/conditions")) {
        var type = condition.path("type").asText();
        if (type.startsWith("kubevirt.io/")) {
          fields.add("status.conditions." + type, condition);
        }
      }
    } else {
      fields.add("metadata", object.path("metadata"));
      fields.add("status", object.path("status"));
    }
    return fields.values;
  }

  private void add(String path, JsonNode node) {
    if (node.isObject()) {
      addObject(path, node);
    } else if (node.isArray()) {
      addArray(path, node);
    } else if (!node.isMissingNode() && !node.isNull()) {
      values.put(path, anonymous.text(node.asText()));
    }
  }

  private void addObject(String path, JsonNode node) {
    if (path.endsWith("targetDirectMigrationNodePorts")) {
      // Its keys are ports that the kernel chose.
      values.put(path, sorted(node));
      return;
    }
    for (var field : node.properties()) {
      if (!NOT_KUBEVIRTS.contains(field.getKey())) {
        add(path + "." + anonymous.text(field.getKey()), field.getValue());
      }
    }
  }

  private void addArray(String path, JsonNode array) {
    for (var element : array) {
      if (path.endsWith("conditions")) {
        add(path + "." + element.path("type").asText(), element);
      } else if (element.isValueNode()) {
        values.put(path, sorted(array));
      } else {
        add(path + "[]", element);
      }
    }
  }

  private String sorted(JsonNode values) {
    return StreamSupport.stream(values.spliterator(), false)
        .map(each -> anonymous.text(each.asText()))
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
