package io.hotfoot.operator.pressure;

import io.hotfoot.api.v1alpha1.PressureTrigger.Resource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Chooses the VM whose leaving helps soonest, and the least pressed node that has room for it. */
final class Chooser {
  private final Resource shortOf;
  private final List<Receiver> receivers;

  /**
   * @param receivers the best first
   */
  Chooser(Resource shortOf, List<Receiver> receivers) {
    this.shortOf = shortOf;
    this.receivers = receivers;
  }

  Choice choose(List<Candidate> vms) {
    if (vms.isEmpty()) {
      return new Choice(Optional.empty(), "no VM runs on the node");
    }
    List<String> told = new ArrayList<>();
    Choice.Pick best = null;
    for (Candidate vm : byScore(vms)) {
      Optional<String> stays = vm.stays().or(() -> isNoHelp(vm));
      Optional<Receiver> room = stays.isPresent() ? Optional.empty() : roomFor(vm);
      if (best == null && room.isPresent()) {
        best = new Choice.Pick(vm, room.get().node());
      }
      told.add(vm + ": " + stays.orElseGet(() -> tell(vm, room)));
    }
    return new Choice(Optional.ofNullable(best), String.join("; ", told));
  }

  private List<Candidate> byScore(List<Candidate> vms) {
    return vms.stream()
        .sorted(
            Comparator.comparingDouble((Candidate vm) -> Score.of(vm, shortOf))
                .reversed()
                .thenComparing(Candidate::toString))
        .toList();
  }

  private Optional<String> isNoHelp(Candidate vm) {
    return Score.of(vm, shortOf) > 0
        ? Optional.empty()
        : Optional.of("stays, it takes no " + shortOf);
  }

  private Optional<Receiver> roomFor(Candidate vm) {
    return receivers.stream().filter(it -> it.spareBytes() >= vm.residentBytes()).findFirst();
  }

  private String tell(Candidate vm, Optional<Receiver> room) {
    String score =
        String.format(
            Locale.ROOT,
            "%.3f a second (%d mCPU, %d MiB, fast again after %.0f s)",
            Score.of(vm, shortOf),
            vm.cpuMilli(),
            vm.residentBytes() >> 20,
            Score.seconds(vm));
    return room.isPresent() ? score : score + ", but no node has room for it";
  }
}
