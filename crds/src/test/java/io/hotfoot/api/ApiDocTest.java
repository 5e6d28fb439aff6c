package io.hotfoot.api;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hotfoot.api.v1alpha1.EvictionCondition;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.NodePressureStatus;
import io.hotfoot.api.v1alpha1.PolicyCondition;
import io.hotfoot.api.v1alpha1.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/api.md explains all that a status can say. */
class ApiDocTest {
  private static final Path DOC = Path.of("../docs/api.md");

  @ParameterizedTest
  @MethodSource("words")
  void isExplained(Enum<?> word) throws IOException {
    assertTrue(Files.readString(DOC).contains(word.name()), () -> DOC + " lacks " + word);
  }

  static Stream<Enum<?>> words() {
    return Stream.of(
            Reason.values(),
            EvictionPhase.values(),
            EvictionCondition.Type.values(),
            NodePressureStatus.Outcome.values(),
            PolicyCondition.Type.values(),
            PolicyCondition.Reason.values())
        .flatMap(Stream::of);
  }
}
