package io.hotfoot.operator.pressure;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** How the VM that leaves is chosen, in {@link SimulatedCluster}. */
enum Rule {
  OURS,
  LARGEST,
  MOST_CPU,
  RANDOM,
  /**
   * As the descheduler relieves nodes: once a minute, the oldest VM, to the node on which the least
   * memory is requested, without cool-downs and whatever the pressure is there.
   */
  DESCHEDULER;

  /** Those of these VMs, which may leave, of which this rule takes the best. */
  List<Candidate> among(List<Candidate> free, Random random) {
    Optional<Candidate> one =
        switch (this) {
          case OURS -> throw new IllegalStateException("the chooser decides");
          case LARGEST -> free.stream().max(Comparator.comparingLong(Candidate::residentBytes));
          case MOST_CPU ->
              free.stream().max(Comparator.comparingInt(it -> it.usage().getCpuMilli()));
          case RANDOM ->
              free.isEmpty()
                  ? Optional.empty()
                  : Optional.of(free.get(random.nextInt(free.size())));
          case DESCHEDULER -> free.stream().findFirst();
        };
    return one.stream().toList();
  }
}
