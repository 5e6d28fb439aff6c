package io.hotfoot.agent.grpc;

import io.hotfoot.agent.hints.HintSetReader;
import io.hotfoot.agent.v1.PullHeader;
import io.hotfoot.agent.v1.PullRequest;
import java.io.ByteArrayOutputStream;

/**
 * Puts a hint set together from the messages of a Pull call. Holds no more than the header
 * announces.
 */
final class HintUpload {
  private PullHeader header;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  /**
   * @throws IllegalArgumentException if the message does not belong here
   */
  void add(PullRequest request) {
    switch (request.getPartCase()) {
      case HEADER -> begin(request.getHeader());
      case DATA -> {
        require(header != null, "the first message is no header");
        require(
            data.size() + (long) request.getData().size() <= header.getLength(),
            "more data than the header's length " + header.getLength());
        data.writeBytes(request.getData().toByteArray());
      }
      case PART_NOT_SET -> require(false, "a message is empty");
    }
  }

  private void begin(PullHeader first) {
    require(header == null, "a second header");
    require(
        Long.compareUnsigned(first.getLength(), HintSetReader.MAX_LENGTH) <= 0,
        "length is %s, expected at most %d"
            .formatted(Long.toUnsignedString(first.getLength()), HintSetReader.MAX_LENGTH));
    header = first;
  }

  PullHeader header() {
    require(header != null, "no header");
    return header;
  }

  /** The whole set. */
  byte[] bytes() {
    require(
        data.size() == header().getLength(),
        "%d bytes came, expected %d".formatted(data.size(), header().getLength()));
    return data.toByteArray();
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException("pull: " + message);
    }
  }
}
