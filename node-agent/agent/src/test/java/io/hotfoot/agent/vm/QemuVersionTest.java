package io.hotfoot.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QemuVersionTest {
  @ParameterizedTest
  @CsvSource({
    "'10.0.8Debian 1:10.0.8+ds-0+deb13u1\r\n', 10000008",
    "'9.1.0qemu-kvm-9.1.0-15.el9\r\n', 9001000",
    "'11.1.0', 11001000",
  })
  void isTheFirstThreeNumbers(String printed, long version) throws IOException {
    assertThat(QemuVersion.read(printed)).isEqualTo(version);
  }

  @Test
  void whatIsNoneIsSaid() {
    assertThatThrownBy(() -> QemuVersion.read("unknown command: 'info version'\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unknown command");
  }
}
