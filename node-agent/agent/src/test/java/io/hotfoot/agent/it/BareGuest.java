package io.hotfoot.agent.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A guest of 192 MiB that is nothing but a few instructions, which QEMU starts as its kernel. */
final class BareGuest {
  private static final int LOADED_AT = 1 << 20;
  private static final int MULTIBOOT = 0x1badb002;
  private static final int ADDRESSES_GIVEN = 1 << 16;
  private static final int SIZE = 64;
  private static final int ENTRY = 32;

  private BareGuest() {}

  /**
   * Starts it in this pod.
   *
   * @param folder for its files; QEMU may read there
   * @param memory libvirt's elements that tell what its memory is
   * @param devices libvirt's elements of more devices
   * @param code 32-bit instructions that do not return, at most 32 bytes
   */
  static void start(LauncherPod pod, Path folder, String memory, String devices, byte[] code)
      throws Exception {
    Path kernel = Files.write(folder.resolve("kernel.bin"), kernel(code));
    String xml = Files.readString(Path.of("src/test/resources/it/bare-domain.xml"));
    pod.createDomain(
        Files.writeString(
            folder.resolve("bare-domain.xml"),
            xml.replace("KERNEL", kernel.toString())
                .replace("MEMORY", memory)
                .replace("DEVICES", devices),
            UTF_8));
  }

  /** A multiboot header (version 1) that says where to load all this, and the instructions. */
  private static byte[] kernel(byte[] code) {
    ByteBuffer out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MULTIBOOT).putInt(ADDRESSES_GIVEN).putInt(-MULTIBOOT - ADDRESSES_GIVEN);
    // Header, load address, end of data, end of zeros, entry.
    out.putInt(LOADED_AT).putInt(LOADED_AT).putInt(LOADED_AT + SIZE).putInt(0);
    out.putInt(LOADED_AT + ENTRY);
    return out.put(code).array();
  }
}
