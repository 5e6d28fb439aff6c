package io.hotfoot.lab.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process of a lab, as the machine sees it. */
record LabProcess(long pid) {
  private static final String HOST = "HOSTNAME=";

  /** The kernel's name of it, at most 15 characters. */
  String name() {
    return text("comm").strip();
  }

  List<String> command() {
    return List.of(text("cmdline").split("\0"));
  }

  /** The name of the pod that it runs in; empty outside of pods. */
  String pod() {
    return Stream.of(text("environ").split("\0"))
        .filter(it -> it.startsWith(HOST))
        .map(it -> it.substring(HOST.length()))
        .findFirst()
        .orElse("");
  }

  List<String> threads() {
    try (var tasks = Files.list(proc("task"))) {
      return tasks.map(task -> read(task.resolve("comm")).strip()).toList();
    } catch (IOException e) {
      return List.of(); // it has ended
    }
  }

  long residentMib() {
    return text("status")
        .lines()
        .filter(it -> it.startsWith("VmRSS:"))
        .mapToLong(it -> Long.parseLong(it.replaceAll("[^0-9]", "")) / 1024)
        .sum();
  }

  long openFiles() {
    try (var open = Files.list(proc("fd"))) {
      return open.count();
    } catch (IOException e) {
      return 0; // it has ended
    }
  }

  void kill() throws IOException {
    Program.run("kill", "-KILL", "" + pid);
  }

  void terminate() throws IOException {
    Program.run("kill", "-TERM", "" + pid);
  }

  /** Has it stand still, until {@link #resume}. */
  void stop() throws IOException {
    Program.run("kill", "-STOP", "" + pid);
  }

  void resume() throws IOException {
    if (isAlive()) {
      Program.run("kill", "-CONT", "" + pid);
    }
  }

  boolean isAlive() {
    return Files.exists(proc(""));
  }

  Path proc(String file) {
    return Path.of("/proc", "" + pid, file);
  }

  private String text(String file) {
    return read(proc(file));
  }

  /** Empty once the process has ended. */
  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
