package io.hotfoot.api.v1alpha1;

public enum EvictionPhase {
  Pending,
  Preparing,
  Migrating,
  PostCopy,
  Draining,
  Succeeded,
  Failed,
  Aborted;

  public boolean isFinal() {
    return this == Succeeded || this == Failed || this == Aborted;
  }
}
