package io.hotfoot.agent.vm;

import java.io.IOException;

/** The VM does not run on this node, or not yet. */
public final class VmNotFoundException extends IOException {
  private static final long serialVersionUID = 1;

  VmNotFoundException(String message) {
    super(message);
  }
}
