package io.hotfoot.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.hotfoot.api.v1alpha1.VMEviction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart's CRD is the one that the Java types give. {@code -Dcrd.write} writes it anew. */
class CrdFileTest {
  private static final Path COMMITTED =
      Path.of("../helm/hotfoot/crds/vmevictions.eviction.hotfoot.io.yaml");

  @Test
  void committedFileIsWhatTheTypesGive(@TempDir Path dir) throws IOException {
    String generated = generate(dir);
    if (System.getProperty("crd.write") != null) {
      Files.createDirectories(COMMITTED.getParent());
      Files.writeString(COMMITTED, generated);
    }
    assertEquals(
        Files.readString(COMMITTED),
        generated,
        "The CRD in the chart is not what the types give. Write it anew with"
            + " `mvn -pl crds test -Dcrd.write` and commit it.");
  }

  private static String generate(Path dir) throws IOException {
    new CRDGenerator()
        .inOutputDir(dir.toFile())
        .forCRDVersions("v1")
        .withPostProcessor(new CrdFinish())
        .customResourceClasses(VMEviction.class)
        .generate();
    return Files.readString(dir.resolve("vmevictions.eviction.hotfoot.io-v1.yml"));
  }
}
