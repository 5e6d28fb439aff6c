package io.hotfoot.operator.agent;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.hotfoot.agent.v1.HintChunk;
import io.hotfoot.agent.v1.HintHeader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A hint set on its way from the source's agent to the target's. The operator does not look inside:
 * the agents check it.
 */
public record HintSet(HintHeader header, List<ByteString> chunks) {
  /** As docs/hint-format.md limits it. */
  static final long MAX_BYTES = 64L << 20;

  static HintSet read(Iterator<HintChunk> stream) {
    if (!stream.hasNext()) {
      throw malformed("the hint set is empty");
    }
    HintChunk first = stream.next();
    if (!first.hasHeader()) {
      throw malformed("the hint set does not start with a header");
    }
    HintHeader header = first.getHeader();
    if (header.getLength() < 0 || header.getLength() > MAX_BYTES) {
      throw malformed("a hint set of " + header.getLength() + " bytes; at most " + MAX_BYTES);
    }
    List<ByteString> chunks = new ArrayList<>();
    long left = header.getLength();
    while (stream.hasNext()) {
      ByteString data = stream.next().getData();
      left -= data.size();
      if (left < 0) {
        break;
      }
      chunks.add(data);
    }
    if (left != 0) {
      throw malformed("the hint set is not the " + header.getLength() + " bytes that it announced");
    }
    return new HintSet(header, chunks);
  }

  private static AgentException malformed(String what) {
    return new AgentException(Status.Code.INVALID_ARGUMENT, what);
  }
}
