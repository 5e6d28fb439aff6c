package io.hotfoot.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.hotfoot.agent.v1.HintChunk;
import io.hotfoot.agent.v1.HintHeader;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HintSetTest {
  @Test
  void keepsTheChunksInOrder() {
    HintSet set = HintSet.read(stream(header(5), data("ab"), data("cde")));
    assertThat(set.chunks()).extracting(ByteString::toStringUtf8).containsExactly("ab", "cde");
  }

  @Test
  void refusesAnEmptyStream() {
    assertMalformed(stream(), "empty");
  }

  @Test
  void refusesDataWithoutAHeader() {
    assertMalformed(stream(data("ab")), "header");
  }

  @Test
  void refusesTooLittle() {
    assertMalformed(stream(header(5), data("ab")), "5 bytes");
  }

  @Test
  void stopsReadingWhenThereIsTooMuch() {
    Iterator<HintChunk> endless =
        Stream.concat(Stream.of(header(5)), Stream.generate(() -> data("abc"))).iterator();
    assertMalformed(endless, "5 bytes");
  }

  @Test
  void refusesMoreThanTheFormatAllows() {
    assertMalformed(stream(header(HintSet.MAX_BYTES + 1)), "at most");
    assertMalformed(stream(header(-1)), "at most");
  }

  private static void assertMalformed(Iterator<HintChunk> stream, String message) {
    assertThatThrownBy(() -> HintSet.read(stream))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining(message);
  }

  private static Iterator<HintChunk> stream(HintChunk... chunks) {
    return List.of(chunks).iterator();
  }

  private static HintChunk header(long length) {
    return HintChunk.newBuilder().setHeader(HintHeader.newBuilder().setLength(length)).build();
  }

  private static HintChunk data(String text) {
    return HintChunk.newBuilder().setData(ByteString.copyFromUtf8(text)).build();
  }
}
