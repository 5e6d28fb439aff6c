package io.hotfoot.operator.agent;

/** Finds the agents. */
public interface NodeAgents {
  /**
   * @throws AgentException UNAVAILABLE if no agent is ready on that node
   */
  NodeAgent on(String nodeName);
}
