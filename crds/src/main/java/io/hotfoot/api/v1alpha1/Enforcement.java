package io.hotfoot.api.v1alpha1;

public enum Enforcement {
  DryRun,
  Enforce
}
