package io.hotfoot.operator.agent;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import javax.net.ssl.SSLException;

/** An agent refused, failed or did not answer; the message is for people. */
public class AgentException extends RuntimeException {
  private final Status.Code code;

  public AgentException(Status.Code code, String message) {
    super(message);
    this.code = code;
  }

  static AgentException of(String node, StatusRuntimeException e) {
    return new AgentException(
        e.getStatus().getCode(), "the agent on node " + node + ": " + describe(e.getStatus()));
  }

  private static String describe(Status status) {
    if (status.getDescription() == null) {
      return status.getCode().name();
    }
    // gRPC's own words for the caller's deadline tell of its inner life.
    if (status.getDescription().contains("deadline exceeded after")) {
      return "no answer in time; its node may be short of CPU, its log may tell why";
    }
    if (status.getCause() instanceof SSLException refused) {
      return "no secure connection (%s). Its certificate or the operator's has expired, or they are of different authorities: see Certificates in docs/install.md"
          .formatted(refused.getMessage());
    }
    return status.getCause() == null
        ? status.getDescription()
        : status.getDescription() + ": " + status.getCause().getMessage();
  }

  public Status.Code code() {
    return code;
  }
}
