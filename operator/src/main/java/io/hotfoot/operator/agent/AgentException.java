package io.hotfoot.operator.agent;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** An agent refused, failed or did not answer; the message is for people. */
public class AgentException extends RuntimeException {
  private final Status.Code code;

  public AgentException(Status.Code code, String message) {
    super(message);
    this.code = code;
  }

  static AgentException of(String node, StatusRuntimeException e) {
    Status status = e.getStatus();
    String detail =
        status.getDescription() == null ? status.getCode().name() : status.getDescription();
    return new AgentException(status.getCode(), "the agent on node " + node + ": " + detail);
  }

  public Status.Code code() {
    return code;
  }
}
