package io.hotfoot.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import io.hotfoot.api.v1alpha1.NodePressurePolicySpec;
import io.hotfoot.api.v1alpha1.NodePressurePolicyStatus;
import io.hotfoot.api.v1alpha1.VMEviction;
import io.hotfoot.api.v1alpha1.VMEvictionSpec;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The chart's CRDs are those that the Java types give. {@code -Dcrd.write} writes them anew. */
class CrdFileTest {
  private static final Path COMMITTED = Path.of("../helm/hotfoot/files/crds");

  @ParameterizedTest
  @MethodSource
  void committedFileIsWhatTheTypesGive(CrdFinish finish, String name, @TempDir Path dir)
      throws IOException {
    String generated = generate(finish, name, dir);
    Path committed = COMMITTED.resolve(name + ".yaml");
    if (System.getProperty("crd.write") != null) {
      Files.createDirectories(COMMITTED);
      Files.writeString(committed, generated);
    }
    assertEquals(
        Files.readString(committed),
        generated,
        "The CRD in the chart is not what the types give. Write it anew with"
            + " `mvn -pl crds test -Dcrd.write` and commit it.");
  }

  static Stream<Object[]> committedFileIsWhatTheTypesGive() {
    return Stream.of(
        new Object[] {
          new CrdFinish(VMEviction.class, VMEvictionSpec.class, VMEvictionStatus.class),
          "vmevictions.eviction.hotfoot.io"
        },
        new Object[] {
          new CrdFinish(
              NodePressurePolicy.class,
              NodePressurePolicySpec.class,
              NodePressurePolicyStatus.class),
          "nodepressurepolicies.eviction.hotfoot.io"
        });
  }

  private static String generate(CrdFinish finish, String name, Path dir) throws IOException {
    new CRDGenerator()
        .inOutputDir(dir.toFile())
        .forCRDVersions("v1")
        .withPostProcessor(finish)
        .customResourceClasses(finish.type())
        .generate();
    return Files.readString(dir.resolve(name + "-v1.yml"));
  }
}
