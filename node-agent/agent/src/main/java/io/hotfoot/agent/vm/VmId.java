package io.hotfoot.agent.vm;

import java.util.regex.Pattern;

/**
 * Names a VM as this node knows it.
 *
 * @param namespace of the VirtualMachineInstance
 * @param name of the VirtualMachineInstance
 * @param launcherPodUid UID of its virt-launcher pod on this node
 */
public record VmId(String namespace, String name, String launcherPodUid) {
  /** What Kubernetes lets names be. They become parts of paths: nothing else may. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  private static final Pattern UID = Pattern.compile("[0-9a-zA-Z-]{1,64}");

  /**
   * @throws IllegalArgumentException naming the field that is malformed
   */
  public VmId {
    require(NAME, "namespace", namespace);
    require(NAME, "name", name);
    require(UID, "launcher_pod_uid", launcherPodUid);
  }

  private static void require(Pattern pattern, String field, String value) {
    if (!pattern.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "vm." + field + " is \"" + value + "\", expected " + pattern);
    }
  }

  /** As KubeVirt names the domain in libvirt. */
  public String domainName() {
    return namespace + "_" + name;
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
