package io.hotfoot.lab.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadTest {
  @TempDir Path folder;

  private Path executable(String name) throws IOException {
    var file = Files.writeString(folder.resolve(name), "#!/bin/sh\n");
    assertTrue(file.toFile().setExecutable(true));
    return file;
  }

  private String refusal() {
    return assertThrows(IllegalArgumentException.class, () -> Workload.in(folder)).getMessage();
  }

  @Test
  void takesTheUsualWhereNothingIsSaid() throws IOException {
    executable("start");

    var workload = Workload.in(folder);

    assertEquals(1024, workload.memoryMib());
    assertEquals(1, workload.cpus());
    assertFalse(workload.checksItself());
    assertEquals("localhost/hotfoot/guest-" + folder.getFileName() + ":lab", workload.image());
  }

  @Test
  void readsGuestConf() throws IOException {
    executable("start");
    executable("check");
    Files.writeString(
        folder.resolve("guest.conf"), "memory_mib=512\ncpus=2\nkernel_args=hot=8 cold=100\n");

    var workload = Workload.in(folder);

    assertEquals(512, workload.memoryMib());
    assertEquals(2, workload.cpus());
    assertEquals("hot=8 cold=100", workload.kernelArgs());
    assertTrue(workload.checksItself());
  }

  @Test
  void halvesTheRequestsWhereItKnowsTheirRate() throws IOException {
    executable("start");
    Files.writeString(folder.resolve("guest.conf"), "kernel_args=rate=300 drate=8\n");

    var half = Workload.in(folder).atHalfTheRate();

    assertEquals("rate=150 drate=8", half.kernelArgs());
    assertEquals(
        "lab.hints=truth", half.smaller(512, "lab.hints=truth").atHalfTheRate().kernelArgs());
  }

  @Test
  void saysThatAPromisedClientIsMissing() throws IOException {
    executable("start");
    Files.writeString(folder.resolve("guest.conf"), "client=yes\n");

    assertEquals(
        folder + " has no executable named client, although its guest.conf says client=yes",
        refusal());
  }

  @Test
  void saysThatStartIsMissing() {
    assertEquals(folder + " has no executable named start", refusal());
  }

  @Test
  void saysWhichNumberIsWrong() throws IOException {
    executable("start");
    Files.writeString(folder.resolve("guest.conf"), "memory_mib=1G\n");

    assertEquals(
        folder.resolve("guest.conf") + ": memory_mib=1G, must be a number from 256 to 65536",
        refusal());
  }
}
