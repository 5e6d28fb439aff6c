package io.hotfoot.agent.hints;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From a large hint set's bytes to the list of pages in the order in which they are pulled: asked
 * for are less than 100 ms and 64 MiB of garbage. Run by {@code make bench-plan}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class HintPlanBenchmark {
  private final byte[] hints = LargeHintSet.bytes();

  @Benchmark
  public Object readAndOrder() throws HintFormatException {
    return PullList.of(HintSetReader.read(hints), LargeHintSet.LAYOUT);
  }

  /** The same, and every page taken from the list, as those that pull do. */
  @Benchmark
  public long readOrderAndWalk() throws HintFormatException {
    PullCursor cursor = PullList.of(HintSetReader.read(hints), LargeHintSet.LAYOUT).cursor();
    long sum = 0;
    for (long next = cursor.next(); !PullCursor.isEnd(next); next = cursor.next()) {
      sum += PullCursor.gfn(next);
    }
    return sum;
  }
}
