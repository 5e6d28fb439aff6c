package io.hotfoot.agent.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.hotfoot.agent.v1.PullHeader;
import io.hotfoot.agent.v1.PullRequest;
import org.junit.jupiter.api.Test;

class HintUploadTest {
  private final HintUpload upload = new HintUpload();

  @Test
  void putsTheChunksTogether() {
    upload.add(header(3));
    upload.add(data("ab"));
    upload.add(data("c"));
    assertThat(new String(upload.bytes())).isEqualTo("abc");
  }

  @Test
  void refusesWhatDoesNotBelong() {
    assertThatThrownBy(() -> upload.add(data("a"))).hasMessageContaining("no header");
    assertThatThrownBy(() -> upload.add(PullRequest.getDefaultInstance()))
        .hasMessageContaining("empty");
    assertThatThrownBy(upload::header).hasMessageContaining("no header");
    assertThatThrownBy(() -> upload.add(header((64 << 20) + 1)))
        .hasMessageContaining("expected at most 67108864");
    assertThatThrownBy(() -> upload.add(header(-1))).hasMessageContaining("18446744073709551615");
    upload.add(header(3));
    assertThatThrownBy(() -> upload.add(header(3))).hasMessageContaining("second header");
    assertThatThrownBy(() -> upload.add(data("abcd"))).hasMessageContaining("more data");
    upload.add(data("ab"));
    assertThatThrownBy(upload::bytes).hasMessageContaining("2 bytes came, expected 3");
  }

  private static PullRequest header(long length) {
    return PullRequest.newBuilder().setHeader(PullHeader.newBuilder().setLength(length)).build();
  }

  private static PullRequest data(String bytes) {
    return PullRequest.newBuilder().setData(ByteString.copyFromUtf8(bytes)).build();
  }
}
