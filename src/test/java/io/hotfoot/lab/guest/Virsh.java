package io.hotfoot.lab.guest;

import java.util.stream.Stream;

/** How libvirt's own client is run in a launcher pod. */
public final class Virsh {
  private Virsh() {}

  /**
   * Without autostart: virsh would start a daemon of its own where the launcher's is not up yet.
   */
  public static String[] command(String... arguments) {
    return Stream.concat(
            Stream.of("env", "LIBVIRT_AUTOSTART=0", "virsh", "-c", "qemu:///session"),
            Stream.of(arguments))
        .toArray(String[]::new);
  }
}
