package io.hotfoot.agent.libvirt;

/** Makes libvirt's errors for tests of those who handle them. */
public final class LibvirtErrors {
  private LibvirtErrors() {}

  /**
   * @param code as virErrorNumber counts
   */
  public static LibvirtException of(int code, String message) {
    return new LibvirtException("a call", code, message);
  }
}
