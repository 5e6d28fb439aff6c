package io.hotfoot.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a CRD says of its fields, as tables for people. */
final class CrdReference {
  private CrdReference() {}

  static String of(CustomResourceDefinition crd) {
    CustomResourceDefinitionVersion version = crd.getSpec().getVersions().getFirst();
    JSONSchemaProps schema = version.getSchema().getOpenAPIV3Schema();
    return """

    ## %s

    %s `%s/%s`, %s, short name `%s`.

    ### spec

    %s
    ### status

    %s\
    """
        .formatted(
            crd.getSpec().getNames().getKind(),
            schema.getDescription(),
            crd.getSpec().getGroup(),
            version.getName(),
            crd.getSpec().getScope().equals("Namespaced")
                ? "in a namespace"
                : "without a namespace",
            String.join(", ", crd.getSpec().getNames().getShortNames()),
            section(schema.getProperties().get("spec")),
            section(schema.getProperties().get("status")));
  }

  private static String section(JSONSchemaProps schema) {
    List<String> rows = new ArrayList<>();
    fields("", schema, rows);
    return """
    %s

    | field | type | default | is |
    |---|---|---|---|
    %s
    """
        .formatted(schema.getDescription(), String.join("\n", rows));
  }

  private static void fields(String prefix, JSONSchemaProps schema, List<String> rows) {
    schema
        .getProperties()
        .forEach(
            (name, field) -> {
              String path = prefix + name;
              boolean required =
                  schema.getRequired() != null && schema.getRequired().contains(name);
              rows.add(
                  "| `%s`%s | %s | %s | %s |"
                      .formatted(
                          path,
                          required ? " *required*" : "",
                          type(field),
                          defaultOf(field.getDefault()),
                          meaning(field)));
              JSONSchemaProps item =
                  field.getItems() == null ? field : field.getItems().getSchema();
              if (item.getProperties() != null) {
                fields(path + (item == field ? "." : "[]."), item, rows);
              }
            });
  }

  private static String type(JSONSchemaProps field) {
    if (field.getEnum() != null && !field.getEnum().isEmpty()) {
      return field.getEnum().stream()
          .map(JsonNode::asText)
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (field.getItems() != null) {
      return "list";
    }
    if (field.getAdditionalProperties() != null) {
      return "map";
    }
    if (Boolean.TRUE.equals(field.getXKubernetesIntOrString())) {
      return "quantity";
    }
    return Stream.of(field.getType(), range(field))
        .filter(it -> !it.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static String range(JSONSchemaProps field) {
    if (field.getMinimum() == null && field.getMaximum() == null) {
      return "";
    }
    return "%s to %s".formatted(number(field.getMinimum()), number(field.getMaximum()));
  }

  private static String number(Double bound) {
    return bound == null ? "…" : "%.0f".formatted(bound);
  }

  private static String defaultOf(JsonNode value) {
    return value == null || value.isEmpty() && value.isContainerNode()
        ? ""
        : "`" + (value.isTextual() ? value.asText() : value.toString()) + "`";
  }

  private static String meaning(JSONSchemaProps field) {
    String rules =
        field.getXKubernetesValidations() == null
            ? ""
            : field.getXKubernetesValidations().stream()
                .map(ValidationRule::getMessage)
                .filter(Objects::nonNull)
                .map(it -> " *" + it + "*.")
                .collect(Collectors.joining());
    String description = Objects.requireNonNullElse(field.getDescription(), "");
    return (description + rules).replace("|", "\\|").replace('\n', ' ');
  }
}
