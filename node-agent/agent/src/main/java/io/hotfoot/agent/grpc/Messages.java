package io.hotfoot.agent.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.hotfoot.agent.hints.CollectedHints;
import io.hotfoot.agent.link.LinkCounters;
import io.hotfoot.agent.v1.HintChunk;
import io.hotfoot.agent.v1.HintHeader;
import io.hotfoot.agent.v1.LinkDescription;
import io.hotfoot.agent.v1.RamLayout;
import io.hotfoot.agent.v1.RamSegment;
import io.hotfoot.agent.v1.Usable;
import io.hotfoot.agent.v1.VmDescription;
import io.hotfoot.agent.v1.VmRef;
import io.hotfoot.agent.vm.VmId;
import io.hotfoot.agent.vm.VmInspector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Between the contract's messages and the agent's own types; what comes in is checked here. */
final class Messages {
  private static final Pattern UID = Pattern.compile("[0-9a-zA-Z-]{1,64}");

  private static final int CHUNK = 1 << 20;

  private Messages() {}

  static String uid(String uid) {
    if (!UID.matcher(uid).matches()) {
      throw new IllegalArgumentException("eviction_uid is \"" + uid + "\", expected " + UID);
    }
    return uid;
  }

  /** Checks a number against its range. */
  static int inRange(String field, int value, int min, int max) {
    if (Integer.compareUnsigned(value, min) < 0 || Integer.compareUnsigned(value, max) > 0) {
      throw new IllegalArgumentException(
          "%s is %s, expected %d to %d"
              .formatted(field, Integer.toUnsignedString(value), min, max));
    }
    return value;
  }

  /** Checks a number of bytes, which Java takes for signed. */
  static long bytes(String field, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(
          "%s is %s, expected less than 2^63".formatted(field, Long.toUnsignedString(value)));
    }
    return value;
  }

  static VmId vm(VmRef ref) {
    return new VmId(ref.getNamespace(), ref.getName(), ref.getLauncherPodUid());
  }

  static io.hotfoot.agent.vm.RamLayout layout(RamLayout message) {
    return new io.hotfoot.agent.vm.RamLayout(
        message.getSegmentsList().stream()
            .map(
                s ->
                    new io.hotfoot.agent.vm.RamSegment(
                        s.getFirstGfn(),
                        s.getPages(),
                        s.getBlock(),
                        s.getBlockSize(),
                        s.getBlockOffset()))
            .toList());
  }

  private static RamLayout layout(io.hotfoot.agent.vm.RamLayout layout) {
    RamLayout.Builder message = RamLayout.newBuilder();
    layout
        .segments()
        .forEach(
            s ->
                message.addSegments(
                    RamSegment.newBuilder()
                        .setFirstGfn(s.firstGfn())
                        .setPages(s.pages())
                        .setBlock(s.block())
                        .setBlockSize(s.blockSize())
                        .setBlockOffset(s.blockOffset())));
    return message.build();
  }

  /** The header, then the set in pieces that fit into a message. */
  static List<HintChunk> chunks(CollectedHints hints) {
    List<HintChunk> chunks = new ArrayList<>();
    chunks.add(HintChunk.newBuilder().setHeader(header(hints)).build());
    byte[] bytes = hints.bytes();
    for (int start = 0; start < bytes.length; start += CHUNK) {
      int length = Math.min(CHUNK, bytes.length - start);
      chunks.add(
          HintChunk.newBuilder()
              .setData(UnsafeByteOperations.unsafeWrap(bytes, start, length))
              .build());
    }
    return chunks;
  }

  private static HintHeader header(CollectedHints hints) {
    return HintHeader.newBuilder()
        .setSource(hints.source())
        .setLayout(layout(hints.layout()))
        .setCollectedMs((int) hints.tookMs())
        .setAgeMs((int) hints.ageMs())
        .setPages(hints.list().pages())
        .putAllClassPages(hints.list().classPages())
        .setLength(hints.bytes().length)
        .build();
  }

  static LinkDescription link(LinkCounters counted) {
    return LinkDescription.newBuilder()
        .setPackets(counted.packets())
        .setBadPackets(counted.badPackets())
        .build();
  }

  static VmDescription description(VmInspector.Findings found) {
    return VmDescription.newBuilder()
        .setQemuVersion(found.qemuVersion())
        .setJobActive(found.jobActive())
        .setMemoryBytes(found.memoryBytes())
        .build();
  }

  /**
   * @param missing what stands in the way; empty: nothing
   */
  static Usable usable(Optional<String> missing) {
    return Usable.newBuilder().setUsable(missing.isEmpty()).setWhyNot(missing.orElse("")).build();
  }
}
