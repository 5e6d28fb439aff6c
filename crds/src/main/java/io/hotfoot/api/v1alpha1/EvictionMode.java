package io.hotfoot.api.v1alpha1;

/** How a VM is moved. Each is also a rung of the ladder that a failed eviction steps down. */
public enum EvictionMode {
  Enlightened,
  PostCopy,
  PreCopy;

  public boolean isPostCopy() {
    return this != PreCopy;
  }
}
