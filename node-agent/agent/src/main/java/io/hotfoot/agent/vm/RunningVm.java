package io.hotfoot.agent.vm;

/**
 * A VM that runs on this node.
 *
 * @param namespace of the VirtualMachineInstance
 * @param name of the VirtualMachineInstance
 * @param qemu its process
 */
public record RunningVm(String namespace, String name, ProcessHandle qemu) {

  /** KubeVirt calls a domain namespace_name; a namespace has no underscore. */
  static RunningVm of(String domain, ProcessHandle qemu) {
    int split = domain.indexOf('_');
    return new RunningVm(
        domain.substring(0, Math.max(0, split)), domain.substring(split + 1), qemu);
  }
}
