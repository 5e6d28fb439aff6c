package io.hotfoot.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/reference.md is what the CRDs say. {@code -Dcrd.write} writes it anew. */
class ReferenceDocTest {
  private static final Path DOC = Path.of("../docs/reference.md");
  private static final Path CRDS = Path.of("../helm/hotfoot/files/crds");

  @Test
  void isWhatTheCrdsSay() throws IOException {
    String generated =
        """
        <!-- Made from the CRDs by ReferenceDocTest: do not edit. -->
        # Reference

        Every field, as `kubectl explain` tells it too. [api.md](api.md) tells how an eviction goes and what each reason means.
        """
            + CrdReference.of(crd("vmevictions"))
            + CrdReference.of(crd("nodepressurepolicies"));
    if (System.getProperty("crd.write") != null) {
      Files.writeString(DOC, generated);
    }
    assertEquals(
        Files.readString(DOC),
        generated,
        "write it anew with `mvn -pl crds test -Dcrd.write`, twice where the types have changed");
  }

  private static CustomResourceDefinition crd(String name) throws IOException {
    return Serialization.unmarshal(
        Files.readString(CRDS.resolve(name + ".eviction.hotfoot.io.yaml")),
        CustomResourceDefinition.class);
  }
}
