package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server lets users write, and shows them. */
@ExtendWith(ControlPlane.class)
class CrdIT {
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final String name = "evict-" + UUID.randomUUID();
  private KubernetesClient client;

  @BeforeEach
  void connect() {
    client = ControlPlane.client();
  }

  @AfterEach
  void clear() {
    client.resources(VMEviction.class).inNamespace("default").withName(name).delete();
  }

  @Test
  void defaultsAreFilledIn() {
    VMEvictionSpec spec = create("{\"vmiName\":\"db\"}").get().getSpec();
    assertThat(spec.mode()).isEqualTo(EvictionMode.Enlightened);
    assertThat(spec.hints().source()).isEqualTo(Hints.Source.Auto);
    assertThat(spec.deadline()).isEqualTo("10m");
    assertThat(spec.abort()).isFalse();
    assertThat(spec.priority()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                  | vmiName",
        "{'vmiName':''}                                      | at least 1 char",
        "{'vmiName':'db','mode':'Teleport'}                  | Unsupported value",
        "{'vmiName':'db','deadline':'soon'}                  | should match",
        "{'vmiName':'db','deadline':'0s'}                    | must be from 1s to 24h",
        "{'vmiName':'db','deadline':'25h'}                   | must be from 1s to 24h",
        "{'vmiName':'db','hints':{'window':'1ms'}}           | must be from 5ms to 1000ms",
        "{'vmiName':'db','priority':5000}                    | less than or equal to 1000",
        "{'vmiName':'db','ttlSecondsAfterFinished':-1}       | greater than or equal to 0",
      })
  void nonsenseIsRefused(String spec, String message) {
    assertThatThrownBy(() -> create(spec.replace('\'', '"')))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "vmiName, '\"other\"'",
    "mode, '\"PreCopy\"'",
    "target, '{\"nodeSelector\":{\"zone\":\"b\"}}'",
    "hints, '{\"source\":\"None\"}'",
    "deadline, '\"1h\"'",
    "priority, 7",
    "ttlSecondsAfterFinished, 60",
    "reason, '\"because\"'",
    "requestedBy, '\"me\"'"
  })
  void specCannotBeChanged(String field, String value) {
    Resource<VMEviction> eviction = create("{\"vmiName\":\"db\"}");
    assertThatThrownBy(
            () -> eviction.patch(MERGE, "{\"spec\":{\"%s\":%s}}".formatted(field, value)))
        .hasMessageContaining("only abort can be changed");
  }

  @Test
  void abortCanBeAskedForButNotTakenBack() {
    Resource<VMEviction> eviction = create("{\"vmiName\":\"db\"}");
    assertThat(eviction.patch(MERGE, "{\"spec\":{\"abort\":true}}").getSpec().abort()).isTrue();
    assertThatThrownBy(() -> eviction.patch(MERGE, "{\"spec\":{\"abort\":false}}"))
        .hasMessageContaining("an abort cannot be taken back");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'resource':'cpu'}                                              | give one of"
            + " thresholdPercent",
        "{'resource':'cpu','thresholdPercent':50,'availableBelow':'1Gi'} | give one of"
            + " thresholdPercent",
        "{'resource':'io','availableBelow':'1Gi'}                        | availableBelow,"
            + " kubeletMargin and swapInAbove are for",
        "{'resource':'cpu','stall':'Full','thresholdPercent':50}         | a whole node's cpu has"
            + " no Full",
        "{'resource':'cpu','kubeletMargin':'1Gi'}                        | availableBelow,"
            + " kubeletMargin and swapInAbove are for",
        "{'resource':'memory','kubeletMargin':'1Gi','swapInAbove':'1Mi'} | give one of",
        "{'resource':'memory','thresholdPercent':0}                      | greater than or equal"
            + " to 1",
        "{'resource':'cpu','thresholdPercent':50,'window':'11m'}         | must be from 1s to 10m",
        "{'resource':'memory','thresholdPercent':101}                    | less than or equal to"
            + " 100",
      })
  void aTriggerThatMakesNoSenseIsRefused(String trigger, String message) {
    var policy =
        client.resource(
            """
            {"apiVersion": "eviction.hotfoot.io/v1alpha1", "kind": "NodePressurePolicy",
             "metadata": {"name": "%s"}, "spec": {"triggers": [%s]}}
            """
                .formatted(name, trigger.replace('\'', '"')));
    assertThatThrownBy(policy::create)
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'budget':{'perHour':0}              | greater than or equal to 1",
        "'budget':{'atOncePerNode':11}       | less than or equal to 10",
        "'budget':{'disturbedPerHour':'25h'} | must be from 1s to 24h",
        "'budget':{'vmCoolDown':'0s'}        | must be from 1s to 24h",
        "'target':{'maxPressurePercent':101} | less than or equal to 100",
        "'victims':{'minUndisturbed':{'groupLabel':'app','count':0}} | greater than or equal to 1",
        "'enforcement':'Perhaps'             | Unsupported value",
      })
  void aPolicyOutOfRangeIsRefused(String field, String message) {
    var policy =
        client.resource(
            """
            {"apiVersion": "eviction.hotfoot.io/v1alpha1", "kind": "NodePressurePolicy",
             "metadata": {"name": "%s"},
             "spec": {"triggers": [{"resource": "cpu", "thresholdPercent": 40}], %s}}
            """
                .formatted(name, field.replace('\'', '"')));
    assertThatThrownBy(policy::create)
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(message);
  }

  @Test
  void columnsTellTheStory() {
    assertThat(version().getAdditionalPrinterColumns())
        .filteredOn(it -> it.getPriority() == null || it.getPriority() == 0)
        .extracting(CustomResourceColumnDefinition::getName)
        .containsExactly("VMI", "From", "To", "Phase", "Hot %", "Age");
  }

  @Test
  void everyFieldIsExplained() {
    JSONSchemaProps schema = version().getSchema().getOpenAPIV3Schema();
    for (String part : new String[] {"spec", "status"}) {
      assertExplained("vmeviction." + part, schema.getProperties().get(part));
    }
  }

  @Test
  void conditionsAreAMapByType() {
    JSONSchemaProps conditions =
        version()
            .getSchema()
            .getOpenAPIV3Schema()
            .getProperties()
            .get("status")
            .getProperties()
            .get("conditions");
    assertThat(conditions.getXKubernetesListType()).isEqualTo("map");
    assertThat(conditions.getXKubernetesListMapKeys()).containsExactly("type");
  }

  private static void assertExplained(String path, JSONSchemaProps schema) {
    assertThat(schema.getDescription()).as(path).isNotBlank();
    if (schema.getProperties() != null) {
      schema.getProperties().forEach((name, it) -> assertExplained(path + "." + name, it));
    }
    if (schema.getItems() != null && schema.getItems().getSchema().getProperties() != null) {
      schema
          .getItems()
          .getSchema()
          .getProperties()
          .forEach((name, it) -> assertExplained(path + "[]." + name, it));
    }
  }

  private CustomResourceDefinitionVersion version() {
    return client
        .resources(CustomResourceDefinition.class)
        .withName("vmevictions.eviction.hotfoot.io")
        .get()
        .getSpec()
        .getVersions()
        .getFirst();
  }

  /** As a user's file does, who leaves out what the default is to fill in. */
  private Resource<VMEviction> create(String spec) {
    client
        .resource(
            """
            {"apiVersion": "eviction.hotfoot.io/v1alpha1", "kind": "VMEviction",
             "metadata": {"name": "%s", "namespace": "default"}, "spec": %s}
            """
                .formatted(name, spec))
        .create();
    return client.resources(VMEviction.class).inNamespace("default").withName(name);
  }
}
