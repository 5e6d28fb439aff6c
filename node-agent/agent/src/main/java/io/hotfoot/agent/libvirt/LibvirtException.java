package io.hotfoot.agent.libvirt;

import java.io.IOException;

/** libvirt refused or failed. The message is libvirt's own, after what was asked of it. */
public final class LibvirtException extends IOException {
  private static final long serialVersionUID = 1;
  private final Code code;

  LibvirtException(String call, int code, String message) {
    super(call + ": " + message);
    this.code = Code.of(code);
  }

  public Code code() {
    return code;
  }

  /** The errors of {@code virErrorNumber} that mean something of their own to this agent. */
  public enum Code {
    /** A system call failed: the daemon's socket is gone or refuses. */
    SYSTEM_ERROR(38),
    /** The daemon hung up. */
    RPC(39),
    NO_DOMAIN(42),
    /** The call is not possible in the domain's present state. */
    OPERATION_INVALID(55),
    /** Another job held the domain for 30 s. */
    OPERATION_TIMEOUT(68),
    ARGUMENT_UNSUPPORTED(74),
    /** The guest agent is not connected or did not answer. */
    AGENT_UNRESPONSIVE(86),
    /** The guest agent answered something else than what was asked. */
    AGENT_UNSYNCED(97),
    OTHER(-1);

    private final int number;

    Code(int number) {
      this.number = number;
    }

    static Code of(int number) {
      for (Code code : values()) {
        if (code.number == number) {
          return code;
        }
      }
      return OTHER;
    }
  }
}
