package io.hotfoot.lab.guest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/** Runs programs in a guest, through libvirt and the guest's own qemu-guest-agent. */
final class GuestAgent {
  private static final Duration STEP = Duration.ofSeconds(20);
  private static final long POLL_MS = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PodProgram programs;
  private final String domain;

  /**
   * @param domain the VM's name in libvirt: namespace_name
   */
  GuestAgent(PodProgram programs, String domain) {
    this.programs = programs;
    this.domain = domain;
  }

  /**
   * @param code the program's exit code
   * @param output what it wrote, standard error after standard output
   */
  public record Outcome(int code, String output) {}

  /**
   * @param launcher the pod that the guest runs in now
   * @throws IOException if the guest agent cannot be reached or the program is not done in time
   */
  Outcome run(Pod launcher, Duration deadline, String... argv) throws IOException {
    var end = Instant.now().plus(deadline);
    int pid = start(launcher, argv).path("pid").intValue();
    while (Instant.now().isBefore(end)) {
      var status = ask(launcher, "guest-exec-status", Map.of("pid", pid));
      if (status.path("exited").booleanValue()) {
        return new Outcome(
            status.path("exitcode").intValue(),
            text(status, "out-data") + text(status, "err-data"));
      }
      pause();
    }
    throw new IOException("%s in guest %s: not done in %s".formatted(argv[0], domain, deadline));
  }

  /** Starts a program in the guest without waiting for its end. */
  JsonNode start(Pod launcher, String... argv) throws IOException {
    var arguments = Arrays.copyOfRange(argv, 1, argv.length);
    return ask(
        launcher, "guest-exec", Map.of("path", argv[0], "arg", arguments, "capture-output", true));
  }

  private JsonNode ask(Pod launcher, String command, Map<String, ?> arguments) throws IOException {
    var request = JSON.writeValueAsString(Map.of("execute", command, "arguments", arguments));
    var reply = programs.run(launcher, STEP, Virsh.command("qemu-agent-command", domain, request));
    return JSON.readTree(reply).path("return");
  }

  private static String text(JsonNode status, String field) {
    var encoded = status.path(field).asText("");
    return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(POLL_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
