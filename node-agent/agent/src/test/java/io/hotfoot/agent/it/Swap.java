package io.hotfoot.agent.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Swap that this machine has for a test; closing this takes it away again. */
@SuppressWarnings("try") // a test that is interrupted ends all the same
final class Swap implements AutoCloseable {
  private final Path file;

  private Swap(Path file) {
    this.file = file;
  }

  /**
   * @throws IOException if this machine lets nobody add swap, or its file system cannot hold any
   */
  static Swap on(long bytes) throws IOException, InterruptedException {
    Swap swap = new Swap(Files.createTempFile(Path.of("target"), "swap", ""));
    try {
      run("fallocate", "--length", "" + bytes, swap.file.toString());
      run("mkswap", swap.file.toString());
      run("swapon", swap.file.toString());
      return swap;
    } catch (IOException e) {
      Files.delete(swap.file);
      throw e;
    }
  }

  /** Has the kernel put this memory of a process there, as far as it likes to. */
  static void out(long pid, long address, long bytes) throws IOException, InterruptedException {
    run("python3", "src/test/resources/it/pageout.py", "" + pid, "" + address, "" + bytes);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(command[0] + ": " + said.strip());
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    run("swapoff", file.toString());
    Files.delete(file);
  }
}
