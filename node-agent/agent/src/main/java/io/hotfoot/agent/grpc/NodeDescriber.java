package io.hotfoot.agent.grpc;

import io.hotfoot.agent.hints.HostAccess;
import io.hotfoot.agent.link.LinkHealth;
import io.hotfoot.agent.pressure.NodeMemory;
import io.hotfoot.agent.pressure.NodeProc;
import io.hotfoot.agent.sys.NodeFacts;
import io.hotfoot.agent.v1.NodeDescription;
import java.io.IOException;

/** What an eviction's pre-flight asks of this node. */
final class NodeDescriber {
  private final NodeMemory memory;
  private final HostAccess hostAccess;
  private final LinkHealth link;
  private final String version;

  /**
   * @param version this agent's
   */
  NodeDescriber(NodeProc node, HostAccess hostAccess, LinkHealth link, String version) {
    this.memory = new NodeMemory(node);
    this.hostAccess = hostAccess;
    this.link = link;
    this.version = version;
  }

  NodeDescription describe() throws IOException, InterruptedException {
    NodeFacts facts = new NodeFacts();
    return NodeDescription.newBuilder()
        .setAgentVersion(version)
        .setUserfaultfd(Messages.usable(facts.userfaultfdMissing()))
        .setPull(Messages.usable(facts.pullMissing()))
        .setKernelRelease(facts.kernelRelease())
        .setHostHints(Messages.usable(hostAccess.missing()))
        .setMemoryRoom(memory.room())
        .putAllFreeHugeBytes(memory.freeHugePages())
        .setLink(Messages.link(link.lastMinute()))
        .build();
  }
}
