package io.hotfoot.operator.pressure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Chooses the VM whose leaving helps soonest, and the least pressed node that has room for it. */
final class Chooser {
  private final Score score;
  private final List<Receiver> receivers;

  /**
   * @param receivers the best first
   */
  Chooser(Score score, List<Receiver> receivers) {
    this.score = score;
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
        .sorted(Comparator.comparingDouble(score::of).reversed().thenComparing(Candidate::toString))
        .toList();
  }

  private Optional<String> isNoHelp(Candidate vm) {
    return score.of(vm) > 0
        ? Optional.empty()
        : Optional.of("stays, it takes no " + score.shortOf());
  }

  private Optional<Receiver> roomFor(Candidate vm) {
    return receivers.stream().filter(it -> it.hasRoomFor(vm)).findFirst();
  }

  private String tell(Candidate vm, Optional<Receiver> room) {
    return room.isPresent() ? score.tell(vm) : score.tell(vm) + ", but no node has room for it";
  }
}
