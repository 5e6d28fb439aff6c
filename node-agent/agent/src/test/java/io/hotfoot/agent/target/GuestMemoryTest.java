package io.hotfoot.agent.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotfoot.agent.sys.Smaps.Range;
import io.hotfoot.agent.target.GuestMemory.UnclearException;
import io.hotfoot.agent.vm.RamLayout;
import io.hotfoot.agent.vm.RamSegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuestMemoryTest {
  private static final long SIZE = 0x400000;
  private static final RamLayout LAYOUT =
      new RamLayout(
          List.of(
              new RamSegment(0, 160, "ram", SIZE, 0),
              new RamSegment(0x100000, 0x200, "ram", SIZE, 0x200000)));

  @Test
  void findsFramesInTheMappingOfTheBlocksSize() throws UnclearException {
    GuestMemory memory =
        GuestMemory.locate(
            LAYOUT,
            List.of(new Range(0x1000, 0x41000), new Range(0x7f0000000000L, 0x7f0000400000L)));
    assertThat(memory.address(0)).isEqualTo(0x7f0000000000L);
    assertThat(memory.address(159)).isEqualTo(0x7f000009f000L);
    assertThat(memory.address(0x100001)).isEqualTo(0x7f0000201000L);
    assertThatThrownBy(() -> memory.address(160)).hasMessageContaining("frame 160 is no RAM");
  }

  @Test
  void aBlockThatIsNotRegisteredYetIsUnclear() {
    assertThatThrownBy(() -> GuestMemory.locate(LAYOUT, List.of(new Range(0x1000, 0x41000))))
        .isInstanceOf(UnclearException.class)
        .hasMessageContaining("0 mappings of that size");
  }

  @Test
  void twoMappingsOfTheSizeAreUnclear() {
    assertThatThrownBy(
            () ->
                GuestMemory.locate(
                    LAYOUT,
                    List.of(new Range(0x1000000, 0x1400000), new Range(0x2000000, 0x2400000))))
        .isInstanceOf(UnclearException.class)
        .hasMessageContaining("2 mappings");
  }

  @Test
  void twoBlocksOfOneSizeAreUnclear() {
    RamLayout twins =
        new RamLayout(
            List.of(
                new RamSegment(0, 1, "node0", SIZE, 0), new RamSegment(1, 1, "node1", SIZE, 0)));
    assertThatThrownBy(() -> GuestMemory.locate(twins, List.of()))
        .isInstanceOf(UnclearException.class)
        .hasMessageContaining("node0 and node1");
  }
}
