package io.hotfoot.lab.pressure;

import java.io.IOException;

/** How a node becomes pressed. Closing it ends the pressure. */
public interface Pressure extends AutoCloseable {
  /** Readies what the onset needs, and looks at the node before; what comes back lets it begin. */
  Onset prepare() throws IOException, InterruptedException;

  static Pressure none() {
    return () -> () -> {};
  }

  @Override
  default void close() throws IOException {}

  /** Lets the pressure begin, at once. */
  interface Onset {
    void begin() throws IOException;
  }
}
