package io.hotfoot.agent.vm;

import java.util.Optional;

/**
 * A VM that runs on this node.
 *
 * @param qemu its process
 */
public record RunningVm(VmId id, ProcessHandle qemu) {

  /**
   * KubeVirt calls a domain namespace_name; a namespace has no underscore. Empty for one that it
   * cannot have named.
   */
  static Optional<RunningVm> of(String domain, String podUid, ProcessHandle qemu) {
    int split = domain.indexOf('_');
    try {
      VmId id =
          new VmId(domain.substring(0, Math.max(0, split)), domain.substring(split + 1), podUid);
      return Optional.of(new RunningVm(id, qemu));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
