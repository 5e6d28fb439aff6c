package io.hotfoot.agent.hints;

import io.hotfoot.agent.vm.QemuRam;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Takes a guest's hints on its node: has a program look at the guest's memory in QEMU. The program
 * is guest-hints' own walk of page tables; it gets a deadline, and what it prints is as little
 * trusted as what a guest says.
 *
 * @param program hotfoot-host-hints
 */
public record HostHints(Path program) {
  private static final int LONGEST_COMPLAINT = 500;
  private static final Duration CHECK = Duration.ofSeconds(10);

  /**
   * Looks at a guest's memory.
   *
   * @param pid of its QEMU
   * @param windowMs length of one observation window, ms; 0: the program's choice
   * @param deadline for all of it
   * @return the hint set, unchecked
   * @throws NoHintsException if the program gives none
   */
  public byte[] look(long pid, QemuRam ram, int windowMs, Duration deadline)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("look", "" + pid));
    words.add("" + ram.layout().frames());
    words.add("" + windowMs);
    ram.layout()
        .segments()
        .forEach(s -> words.add("%d:%d:%x".formatted(s.firstGfn(), s.pages(), ram.address(s))));
    return run(words, deadline);
  }

  /**
   * @throws NoHintsException if the node does not let the program look, with the reason
   */
  public void check() throws IOException, InterruptedException {
    run(List.of("check"), CHECK);
  }

  private byte[] run(List<String> words, Duration deadline)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(words);
    Process process = new ProcessBuilder(command).start();
    try {
      process.getOutputStream().close();
      // Read to a limit only: a program that prints on waits, until its time is over.
      CompletableFuture<byte[]> output =
          read(process.getInputStream(), HintSetReader.MAX_LENGTH + 1);
      CompletableFuture<byte[]> complaint = read(process.getErrorStream(), LONGEST_COMPLAINT);
      if (!process.waitFor(deadline)) {
        throw NoHintsException.late(
            "the look at QEMU's memory did not end within %d ms".formatted(deadline.toMillis()));
      }
      if (process.exitValue() != 0) {
        throw NoHintsException.unable(
            "the look at QEMU's memory ended with %d: %s"
                .formatted(process.exitValue(), text(complaint.get(1, TimeUnit.SECONDS))));
      }
      return output.get(1, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw NoHintsException.late("somebody else holds the output of " + program);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      process.destroyForcibly();
    }
  }

  private static CompletableFuture<byte[]> read(InputStream stream, int limit) {
    CompletableFuture<byte[]> read = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                read.complete(stream.readNBytes(limit));
              } catch (IOException e) {
                read.completeExceptionally(new UncheckedIOException(e));
              }
            });
    return read;
  }

  private static String text(byte[] complaint) {
    return new String(complaint).replaceAll("[\\p{Cntrl} ]+", " ").strip();
  }
}
