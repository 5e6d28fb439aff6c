package io.hotfoot.agent.grpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.hotfoot.agent.hints.NoHintsException;
import io.hotfoot.agent.libvirt.LibvirtException;
import io.hotfoot.agent.vm.VmNotFoundException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Which of the contract's status codes an exception becomes. The description is the exception's
 * message.
 */
final class Errors {
  private static final Logger LOG = Logger.getLogger(Errors.class);

  private Errors() {}

  static StatusRuntimeException status(Throwable e) {
    if (e instanceof StatusRuntimeException already) {
      return already;
    }
    Status status = code(e);
    if (status.getCode() == Status.Code.INTERNAL) {
      LOG.error("a call failed in a way that nobody thought of", e);
    }
    return status.withDescription(e.getMessage()).asRuntimeException();
  }

  private static Status code(Throwable e) {
    return switch (e) {
      case IllegalArgumentException bad -> Status.INVALID_ARGUMENT;
      case VmNotFoundException none -> Status.NOT_FOUND;
      case TimeoutException late -> Status.DEADLINE_EXCEEDED;
      case NoHintsException hints when hints.isLate() -> Status.DEADLINE_EXCEEDED;
      case LibvirtException refused -> code(refused.code());
      case IOException cannot -> Status.FAILED_PRECONDITION;
      case IllegalStateException cannot -> Status.FAILED_PRECONDITION;
      default -> Status.INTERNAL;
    };
  }

  private static Status code(LibvirtException.Code code) {
    return switch (code) {
      case NO_DOMAIN -> Status.NOT_FOUND;
      case OPERATION_TIMEOUT -> Status.DEADLINE_EXCEEDED;
      case SYSTEM_ERROR, RPC -> Status.UNAVAILABLE;
      default -> Status.FAILED_PRECONDITION;
    };
  }
}
