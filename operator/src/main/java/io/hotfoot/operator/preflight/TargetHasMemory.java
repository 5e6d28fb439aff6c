package io.hotfoot.operator.preflight;

import io.fabric8.kubernetes.api.model.Quantity;
import io.hotfoot.agent.v1.NodeDescription;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceStatus;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Where memory runs out, kubelet or the kernel kills, and a guest in post-copy is lost with either
 * side. Whether what the VM asks for fits is the scheduler's concern; here it is what it has taken,
 * which may be more, and what there really is.
 */
class TargetHasMemory implements Check.ForPostCopy {
  private static final long MIB = 1 << 20;

  @Override
  public Verdict examine(Situation situation) {
    Optional<Quantity> hugePage = HugePagesAreSmall.size(situation.vm());
    if (hugePage.isEmpty()) {
      return enough(
          situation,
          situation.describeVm().getMemoryBytes(),
          it -> it.hasMemoryRoom() ? it.getMemoryRoom() : Long.MAX_VALUE,
          "until kubelet evicts pods");
    }
    long size = hugePage.get().getNumericalAmount().longValue();
    return enough(
        situation,
        guestMemory(situation.vm()),
        it ->
            it.getFreeHugeBytesOrDefault(
                size, it.getFreeHugeBytesCount() == 0 ? Long.MAX_VALUE : 0),
        "in free huge pages of " + hugePage.get());
  }

  private static Verdict enough(
      Situation situation, long needed, ToLongFunction<NodeDescription> room, String what) {
    Map<String, NodeDescription> nodes = situation.describedSample();
    if (nodes.values().stream().anyMatch(it -> room.applyAsLong(it) >= needed)) {
      return Verdict.PASS;
    }
    return new Verdict.Wait(
        Reason.TargetMemoryShort,
        "the VM has %d MiB of memory, and no node to go to has as much left %s: %s; waiting, make room there"
            .formatted(
                needed / MIB,
                what,
                nodes.entrySet().stream()
                    .map(
                        it ->
                            "%s %d MiB"
                                .formatted(it.getKey(), room.applyAsLong(it.getValue()) / MIB))
                    .collect(Collectors.joining(", "))));
  }

  private static long guestMemory(VirtualMachineInstance vm) {
    return Optional.ofNullable(vm.getStatus().memory())
        .map(VirtualMachineInstanceStatus.Memory::guestCurrent)
        .map(it -> it.getNumericalAmount().longValue())
        .orElse(0L);
  }
}
