package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.PlanStatus;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.operator.eviction.StatusWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An operator that is newer than the CRDs, as it is for a while when a release is rolled back. The
 * CRD is another one, since other tests share this API server.
 */
@ExtendWith(ControlPlane.class)
class StatusWriterIT {
  private static final String OLDER = "olders.skew.hotfoot.io";
  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("test")
          .withForce(true)
          .build();

  /** A VMEviction by the CRD of an older version. */
  @Group("skew.hotfoot.io")
  @Version("v1alpha1")
  public static class Older extends CustomResource<Void, VMEvictionStatus> implements Namespaced {}

  private KubernetesClient client;

  @BeforeEach
  void install() {
    client = ControlPlane.client();
    CustomResourceDefinition ours =
        client
            .resources(CustomResourceDefinition.class)
            .withName("vmevictions.eviction.hotfoot.io")
            .get();
    CustomResourceDefinition older =
        new CustomResourceDefinitionBuilder()
            .withNewMetadata()
            .withName(OLDER)
            .endMetadata()
            .withNewSpec()
            .withGroup("skew.hotfoot.io")
            .withScope("Namespaced")
            .withNewNames()
            .withKind("Older")
            .withListKind("OlderList")
            .withPlural("olders")
            .withSingular("older")
            .endNames()
            .withVersions(ours.getSpec().getVersions())
            .endSpec()
            .build();
    JSONSchemaProps schema =
        older.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
    schema.setRequired(List.of());
    Map<String, JSONSchemaProps> status = schema.getProperties().get("status").getProperties();
    status.remove("plan");
    status.get("conditions").getItems().getSchema().getProperties().remove("observedGeneration");
    client.resource(older).create();
    client
        .resources(CustomResourceDefinition.class)
        .withName(OLDER)
        .waitUntilCondition(ControlPlane::isEstablished, 60, TimeUnit.SECONDS);
  }

  @AfterEach
  void uninstall() {
    client.resources(CustomResourceDefinition.class).withName(OLDER).delete();
  }

  @Test
  void whatTheCrdLacksIsLeftOut() {
    Older older = new Older();
    older.setMetadata(new ObjectMetaBuilder().withNamespace("default").withName("evict").build());
    client.resource(older).create();
    older.setStatus(status());

    VMEvictionStatus written =
        new StatusWriter<Older>()
            .write(older, it -> client.resource(it).subresource("status").patch(APPLY, it))
            .getStatus();

    assertThat(written.plan).isNull();
    assertThat(written.phase).isEqualTo(EvictionPhase.Draining);
    assertThat(written.conditions)
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.reason()).isEqualTo(Reason.InProgress);
              assertThat(it.observedGeneration()).isNull();
            });
  }

  private static VMEvictionStatus status() {
    VMEvictionStatus status = new VMEvictionStatus();
    status.phase = EvictionPhase.Draining;
    status.timing.requested = Instant.EPOCH;
    status.plan = new PlanStatus(PlanStatus.Order.Streamed, 1L, 1, 1, null);
    status.conditions =
        List.of(
            new EvictionCondition(
                EvictionCondition.Type.Completed,
                EvictionCondition.Status.False,
                Reason.InProgress,
                "the eviction is under way",
                Instant.EPOCH,
                1L));
    return status;
  }
}
