package io.hotfoot.agent.hints;

import io.hotfoot.agent.libvirt.LibvirtException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;

/**
 * Takes hints from a guest: has its qemu-guest-agent run the collector's {@value #COLLECTOR} and
 * reads what that prints. libvirt bounds an answer to 4 MiB, thus a set to 3 MiB.
 */
public final class GuestHints {
  private static final String COLLECTOR = "/usr/bin/hotfoot-hints";
  private static final Duration FIRST_POLL = Duration.ofMillis(20);

  /**
   * Between two polls lies this share of the time so far: each costs a guest that is short of CPU
   * some of what it needs to end.
   */
  private static final int POLL_SHARE = 8;

  /**
   * A guest that has not even begun by then has no agent that answers; it is waited for no more.
   */
  private static final Duration BEGINNING = Duration.ofSeconds(8);

  private static final int LONGEST_COMPLAINT = 500;

  /** The collector's own limits. */
  private static final long LEAST_WITHIN_MS = 100;

  private static final long MOST_WITHIN_MS = 60_000;

  private final GuestAgent agent;

  /** The guest agent of one VM. */
  public interface GuestAgent {
    /**
     * @param json one command of the guest agent's protocol
     * @param timeoutSeconds at least 1
     * @return its answer, JSON
     * @throws NoHintsException if it is not to be asked any more
     */
    String ask(String json, int timeoutSeconds) throws LibvirtException, NoHintsException;
  }

  public GuestHints(GuestAgent agent) {
    this.agent = agent;
  }

  /**
   * Runs the collector.
   *
   * @param windowMs length of one observation window, ms; 0: the collector's choice
   * @param deadline for all of it; libvirt may overrun it by 6 s
   * @return the hint set, unchecked
   * @throws NoHintsException if the guest gives none
   */
  public byte[] collect(int windowMs, Duration deadline) throws IOException, InterruptedException {
    long start = System.nanoTime();
    long end = start + deadline.toNanos();
    JsonArray arguments =
        new JsonArray().add("snapshot").add("--within").add(Long.toString(withinMs(deadline)));
    if (windowMs > 0) {
      arguments.add("--window-ms").add(Integer.toString(windowMs));
    }
    JsonObject started =
        ask(
            "guest-exec",
            new JsonObject()
                .put("path", COLLECTOR)
                .put("arg", arguments)
                .put("capture-output", true),
            Math.min(end, start + BEGINNING.toNanos()));
    JsonObject which = new JsonObject().put("pid", field(started, "pid", Integer.class, null));
    JsonObject status = ask("guest-exec-status", which, end);
    while (!field(status, "exited", Boolean.class, false)) {
      long soFar = System.nanoTime() - start;
      Thread.sleep(Duration.ofNanos(Math.max(FIRST_POLL.toNanos(), soFar / POLL_SHARE)));
      status = ask("guest-exec-status", which, end);
    }
    return output(status);
  }

  /** What the collector itself may take; starting it, and asking for its answer, take the rest. */
  private static long withinMs(Duration deadline) {
    return Math.clamp(deadline.toMillis() / 2, LEAST_WITHIN_MS, MOST_WITHIN_MS);
  }

  private static byte[] output(JsonObject status) throws NoHintsException {
    int exit = field(status, "exitcode", Integer.class, -1);
    if (exit != 0) {
      throw NoHintsException.unable(
          "the guest's collector ended with %d: %s".formatted(exit, complaint(status)));
    }
    if (field(status, "out-truncated", Boolean.class, false)) {
      throw NoHintsException.unable("the guest's hint set is longer than its agent passes on");
    }
    return decode(field(status, "out-data", String.class, ""));
  }

  /** The first part of what the collector printed on standard error, without control characters. */
  private static String complaint(JsonObject status) throws NoHintsException {
    String text = new String(decode(field(status, "err-data", String.class, "")));
    String cut = text.substring(0, Math.min(text.length(), LONGEST_COMPLAINT));
    return cut.replaceAll("[\\p{Cntrl} ]+", " ").strip();
  }

  private static byte[] decode(String base64) throws NoHintsException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw NoHintsException.unable("the guest agent's answer is no base64: " + e.getMessage());
    }
  }

  /** A field of what the guest answered, which may be anything at all. */
  private static <T> T field(JsonObject answer, String name, Class<T> type, T otherwise)
      throws NoHintsException {
    Object value = answer.getValue(name, otherwise);
    if (!type.isInstance(value)) {
      throw NoHintsException.unable(
          "the guest agent's answer has a malformed \"" + name + "\": " + answer.fieldNames());
    }
    return type.cast(value);
  }

  private JsonObject ask(String command, JsonObject arguments, long end) throws NoHintsException {
    long left = end - System.nanoTime();
    if (left <= 0) {
      throw NoHintsException.late("the guest's collector did not end in time");
    }
    int seconds = (int) Math.ceilDiv(left, Duration.ofSeconds(1).toNanos());
    JsonObject request = new JsonObject().put("execute", command).put("arguments", arguments);
    try {
      JsonObject answer = new JsonObject(agent.ask(request.encode(), seconds));
      return field(answer, "return", JsonObject.class, null);
    } catch (LibvirtException e) {
      throw explain(e);
    } catch (DecodeException e) {
      throw NoHintsException.unable("the guest agent's answer is no JSON");
    }
  }

  /** libvirt passes on what the guest agent said only as text. */
  private static NoHintsException explain(LibvirtException e) {
    String said = e.getMessage();
    return switch (e.code()) {
      case ARGUMENT_UNSUPPORTED ->
          NoHintsException.unable("the VM has no guest agent channel: " + said);
      case AGENT_UNRESPONSIVE ->
          said.contains("not connected")
              ? NoHintsException.unable(
                  "qemu-guest-agent does not run in the guest: install and start it (" + said + ")")
              : NoHintsException.late("qemu-guest-agent does not answer: " + said);
      case AGENT_UNSYNCED, OPERATION_TIMEOUT ->
          NoHintsException.late("qemu-guest-agent does not answer: " + said);
      default -> explainRefusal(said);
    };
  }

  private static NoHintsException explainRefusal(String said) {
    if (said.contains("disabled") || said.contains("not found") || said.contains("not allowed")) {
      return NoHintsException.unable(
          "the guest's qemu-guest-agent may not run commands: allow guest-exec and"
              + " guest-exec-status in its configuration ("
              + said
              + ")");
    }
    if (said.contains("No such file")) {
      return NoHintsException.unable(
          "the guest has no " + COLLECTOR + ": install the package hotfoot-hints (" + said + ")");
    }
    return NoHintsException.unable("the guest agent refused: " + said);
  }
}
