package io.hotfoot.operator.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeVirtVersionTest {
  @ParameterizedTest
  @CsvSource({
    "v1.9.0, true",
    "v1.9.0-rc.1, true",
    "v1.10.2, true",
    "v2.0.0, true",
    "v1.8.3, false",
    "v0.59.0, false",
    // a build of one's own: assume the newest, which asks for more
    "20261122_abcdef, true",
    "'', true",
  })
  void knowsWhichIsAtLeastOneNine(String tag, boolean newer) {
    assertThat(KubeVirtVersion.parse(tag).isAtLeast(1, 9)).isEqualTo(newer);
  }
}
