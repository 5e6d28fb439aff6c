package io.hotfoot.operator.live;

import java.util.function.BooleanSupplier;

/** Whether this operator is the one of several that acts. One that ceases to ends on the spot. */
public final class Leadership implements BooleanSupplier {
  private volatile boolean won;

  public void win() {
    won = true;
  }

  @Override
  public boolean getAsBoolean() {
    return won;
  }
}
