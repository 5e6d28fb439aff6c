package io.hotfoot.lab.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChaosPlanTest {
  private final List<Fault> faults = Faults.all();

  @Test
  void theSeedAloneTellsWhatIsInjectedAndWhen() {
    var one = ChaosPlan.of(41, faults);
    var other = ChaosPlan.of(41, faults);
    assertEquals(one.fault().name(), other.fault().name());
    assertEquals(one.step(), other.step());
    assertEquals(one.delayMs(), other.delayMs());
    assertEquals(one.lastsMs(), other.lastsMs());
    assertEquals(one.random().nextLong(), other.random().nextLong());
  }

  @Test
  void seedsInARowTakeEachFaultOnceInAStepThatSuitsIt() {
    var plans =
        IntStream.range(-5, faults.size() - 5)
            .mapToObj(seed -> ChaosPlan.of(seed, faults))
            .toList();
    assertEquals(faults.size(), plans.stream().map(plan -> plan.fault().name()).distinct().count());
    assertTrue(plans.stream().allMatch(plan -> plan.fault().steps().contains(plan.step())));
  }

  @Test
  void aGuestMayBeLostOnlyWhereItsMemoryIsOnTwoNodesOrTheFaultEndsIt() {
    assertEquals(List.of(), losing(false, Fault.Harm.NONE, Fault.Harm.BREAKS_POST_COPY));
    assertEquals(List.of(), losing(true, Fault.Harm.NONE));
    assertEquals(4, losing(true, Fault.Harm.ENDS_GUEST).size());
  }

  private List<String> losing(boolean moved, Fault.Harm... harms) {
    return faults.stream()
        .filter(fault -> List.of(harms).contains(fault.harm()))
        .filter(fault -> fault.mayLoseGuest(moved))
        .map(Fault::name)
        .toList();
  }
}
