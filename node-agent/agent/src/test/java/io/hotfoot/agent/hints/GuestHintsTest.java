package io.hotfoot.agent.hints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotfoot.agent.hints.GuestHints.GuestAgent;
import io.hotfoot.agent.libvirt.LibvirtErrors;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GuestHintsTest {
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final byte[] SET = {1, 2, 3};

  private final List<String> asked = new ArrayList<>();
  private final Deque<Object> answers = new ArrayDeque<>();

  @Test
  void runsTheCollectorAndWaitsForItsEnd() throws Exception {
    answers.add("{\"return\":{\"pid\":42}}");
    answers.add("{\"return\":{\"exited\":false}}");
    answers.add(exited(0).put("out-data", Base64.getEncoder().encodeToString(SET)));
    assertThat(collect()).isEqualTo(SET);
    assertThat(asked.getFirst())
        .contains("guest-exec", "/usr/bin/hotfoot-hints", "snapshot", "--window-ms", "20")
        .contains("\"--within\",\"2500\"");
    assertThat(asked.getLast()).contains("guest-exec-status", "42");
  }

  @Test
  void passesOnWhatTheCollectorComplainsOf() {
    answers.add("{\"return\":{\"pid\":42}}");
    String complaint = Base64.getEncoder().encodeToString("no\u0007 daemon\n".getBytes());
    answers.add(exited(3).put("err-data", complaint));
    assertUnable("the guest's collector ended with 3: no daemon");
  }

  @Test
  void saysThatTheSetIsTooLong() {
    answers.add("{\"return\":{\"pid\":42}}");
    answers.add(exited(0).put("out-truncated", true).put("out-data", ""));
    assertUnable("longer than its agent passes on");
  }

  @Test
  void saysThatTheAgentDoesNotRun() {
    answers.add(
        LibvirtErrors.of(86, "Guest agent is not responding: QEMU guest agent is not connected"));
    assertUnable("install and start it");
  }

  @Test
  void saysThatTheAgentDoesNotAnswer() {
    answers.add(
        LibvirtErrors.of(86, "Guest agent is not responding: Guest agent not available for now"));
    assertLate("qemu-guest-agent does not answer");
  }

  @Test
  void saysThatTheCommandIsBlocked() {
    answers.add(
        LibvirtErrors.of(
            1,
            "internal error: unable to execute QEMU agent command 'guest-exec': Command guest-exec has been"
                + " disabled"));
    assertUnable("allow guest-exec");
  }

  @Test
  void saysThatTheCollectorIsMissing() {
    answers.add(
        LibvirtErrors.of(
            1,
            "internal error: unable to execute QEMU agent command 'guest-exec': Guest command failed: Failed"
                + " to execute child process \u201c/usr/bin/hotfoot-hints\u201d (No such file or directory)"));
    assertUnable("install the package hotfoot-hints");
  }

  @Test
  void refusesAnswersThatAreNone() {
    for (String answer :
        List.of("nonsense", "{}", "{\"return\":7}", "{\"return\":{\"pid\":\"x\"}}")) {
      answers.clear();
      answers.add(answer);
      assertUnable("guest agent's answer");
    }
  }

  @Test
  void refusesOutputThatIsNoBase64() {
    answers.add("{\"return\":{\"pid\":42}}");
    answers.add(exited(0).put("out-data", "***"));
    assertUnable("no base64");
  }

  @Test
  void givesUpAtTheDeadline() {
    GuestAgent never =
        (json, timeout) ->
            json.contains("status")
                ? "{\"return\":{\"exited\":false}}"
                : "{\"return\":{\"pid\":42}}";
    assertThatThrownBy(() -> new GuestHints(never).collect(0, Duration.ofMillis(100)))
        .isInstanceOfSatisfying(NoHintsException.class, e -> assertThat(e.isLate()).isTrue())
        .hasMessageContaining("did not end in time");
  }

  @Test
  void aGuestThatHasBegunIsGivenMoreTimeThanOneThatHasNot() throws Exception {
    List<Integer> seconds = new ArrayList<>();
    GuestAgent slow =
        (json, timeout) -> {
          seconds.add(timeout);
          return json.contains("status")
              ? "{\"return\":{\"exited\":true,\"exitcode\":0}}"
              : "{\"return\":{\"pid\":42}}";
        };
    new GuestHints(slow).collect(0, Duration.ofSeconds(15));
    assertThat(seconds).containsExactly(8, 15);
  }

  @Test
  void aGuestThatNeverEndsIsAskedLessAndLessOften() {
    AtomicInteger questions = new AtomicInteger();
    GuestAgent endless =
        (json, timeout) -> {
          questions.incrementAndGet();
          return "{\"return\":{\"pid\":" + questions + ",\"exited\":false}}";
        };
    assertThatThrownBy(() -> new GuestHints(endless).collect(0, Duration.ofSeconds(1)))
        .isInstanceOf(NoHintsException.class);
    assertThat(questions).hasValueBetween(2, 30);
  }

  private static JsonObject exited(int code) {
    return new JsonObject().put("exited", true).put("exitcode", code);
  }

  private byte[] collect() throws Exception {
    GuestAgent agent =
        (json, timeout) -> {
          asked.add(json);
          assertThat(timeout).isBetween(1, 5);
          return switch (answers.remove()) {
            case JsonObject status -> new JsonObject().put("return", status).encode();
            case String text -> text;
            case io.hotfoot.agent.libvirt.LibvirtException refused -> throw refused;
            default -> throw new AssertionError();
          };
        };
    return new GuestHints(agent).collect(20, DEADLINE);
  }

  private void assertUnable(String words) {
    assertThatThrownBy(this::collect)
        .isInstanceOfSatisfying(NoHintsException.class, e -> assertThat(e.isLate()).isFalse())
        .hasMessageContaining(words);
  }

  private void assertLate(String words) {
    assertThatThrownBy(this::collect)
        .isInstanceOfSatisfying(NoHintsException.class, e -> assertThat(e.isLate()).isTrue())
        .hasMessageContaining(words);
  }
}
