package io.hotfoot.lab.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hotfoot.lab.guest.Throughput.Reading;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleTest {

  @Test
  void readsALineOfTheWorkload() {
    assertEquals(
        new Reading(1000, 1234, 567),
        Console.reading("1970-01-01T00:00:01.000000001Z W 1234 567\r").orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "W 1234 567",
        "1970-01-01T00:00:01Z W 1234",
        "1970-01-01T00:00:01Z W 1234 5W 1300 600",
        "1970-01-01T00:00:01Z W 1234 99999999999999999999",
        "yesterday W 1234 567",
        "1970-01-01T00:00:01Z READY"
      })
  void passesOverWhatIsNone(String line) {
    assertTrue(Console.reading(line).isEmpty());
  }

  @Test
  void knowsWhenTheGuestIsReady() {
    assertTrue(Console.saysReady("1970-01-01T00:00:01Z READY\r"));
    assertFalse(Console.saysReady("1970-01-01T00:00:01Z NOT-READY"));
  }
}
