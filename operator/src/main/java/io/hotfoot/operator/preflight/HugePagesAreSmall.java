package io.hotfoot.operator.preflight;

import io.fabric8.kubernetes.api.model.Quantity;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceSpec;
import java.util.Optional;

/**
 * In post-copy a huge page is there or not as a whole: whoever touches it first waits for all of
 * it. With pages of 2 MiB that is little; a guest whose memory is a few of 1 GiB stands still until
 * nearly all has moved, and no hint says which of them can wait.
 */
class HugePagesAreSmall implements Check {
  private static final long TOO_LARGE = 1L << 30;

  /** Who asks for plain post-copy wants the source to be free at once, whatever the guest pays. */
  @Override
  public boolean appliesTo(EvictionMode mode) {
    return mode == EvictionMode.Enlightened;
  }

  @Override
  public Verdict examine(Situation situation) {
    if (in(situation.vm())) {
      return Verdict.PASS;
    }
    return new Verdict.StepDown(
        EvictionMode.PreCopy,
        Reason.HugePagesTooLarge,
        "the VM's memory is in huge pages of %s, and in post-copy the guest would wait for each as a whole; evicting by pre-copy"
            .formatted(size(situation.vm()).orElseThrow()));
  }

  static boolean in(VirtualMachineInstance vm) {
    return size(vm).filter(it -> it.getNumericalAmount().longValue() >= TOO_LARGE).isEmpty();
  }

  /** Of the huge pages that the VM asks for its memory, if it does. */
  static Optional<Quantity> size(VirtualMachineInstance vm) {
    return Optional.ofNullable(vm.getSpec().domain().memory())
        .map(VirtualMachineInstanceSpec.Memory::hugepages)
        .map(VirtualMachineInstanceSpec.HugePages::pageSize);
  }
}
