package io.hotfoot.api.live;

/**
 * One thing that must hold for VMs to be evicted.
 *
 * @param message what holds; or what does not, and how to mend it
 */
public record Finding(boolean good, String message) {
  public static final Finding NO_KUBEVIRT =
      new Finding(false, "KubeVirt is not installed, not even its API: see kubevirt.io");
}
