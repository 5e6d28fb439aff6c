package io.hotfoot.api;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the CRD generator cannot say, or says badly.
 *
 * @param type the resource
 * @param spec its spec's type
 * @param status its status' type
 */
record CrdFinish(Class<? extends CustomResource<?, ?>> type, Class<?> spec, Class<?> status)
    implements CRDPostProcessor {
  @Override
  public HasMetadata process(HasMetadata resource, String crdVersion) {
    var version = ((CustomResourceDefinition) resource).getSpec().getVersions().getFirst();
    version.setAdditionalPrinterColumns(inAnnotationOrder(version.getAdditionalPrinterColumns()));

    JSONSchemaProps schema = version.getSchema().getOpenAPIV3Schema();
    JSONSchemaProps specSchema = schema.getProperties().get("spec");
    JSONSchemaProps statusSchema = schema.getProperties().get("status");
    schema.setRequired(List.of("spec"));
    schema.setDescription(descriptionOf(type));
    specSchema.setDescription(descriptionOf(spec));
    statusSchema.setDescription(descriptionOf(status));
    dropRepeatedRules(specSchema);

    // Without it, two writers would overwrite each other's conditions.
    JSONSchemaProps conditions = statusSchema.getProperties().get("conditions");
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    return resource;
  }

  /** The generator sorts columns by path. */
  private List<CustomResourceColumnDefinition> inAnnotationOrder(
      List<CustomResourceColumnDefinition> columns) {
    return Stream.of(type.getAnnotationsByType(AdditionalPrinterColumn.class))
        .flatMap(wanted -> columns.stream().filter(it -> it.getName().equals(wanted.name())))
        .toList();
  }

  /** The generator finds the rules of a record's component twice: at the field and its accessor. */
  private static void dropRepeatedRules(JSONSchemaProps schema) {
    schema.setXKubernetesValidations(
        schema.getXKubernetesValidations().stream().distinct().toList());
    if (schema.getProperties() != null) {
      schema.getProperties().values().forEach(CrdFinish::dropRepeatedRules);
    }
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      dropRepeatedRules(schema.getItems().getSchema());
    }
  }

  private static String descriptionOf(Class<?> type) {
    return type.getAnnotation(JsonClassDescription.class).value();
  }
}
