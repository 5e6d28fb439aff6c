package io.hotfoot.agent.sys;

import java.io.IOException;

/** A system call failed. Carries the number that the kernel gave, as {@code errno(3)} names it. */
public final class Errno extends IOException {
  public static final int EPERM = 1;
  public static final int ESRCH = 3;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EFAULT = 14;
  public static final int EBUSY = 16;
  public static final int ECONNREFUSED = 111;

  private static final long serialVersionUID = 1;
  private final int number;

  /**
   * @param call what was tried, for example {@code connect /run/x}
   * @param number the value of errno
   */
  public Errno(String call, int number) {
    super(call + ": " + Libc.describe(number));
    this.number = number;
  }

  public int number() {
    return number;
  }
}
