package io.hotfoot.kubectl;

/** What is wrong and what to do about it, to be told without a stack trace. */
final class UserError extends RuntimeException {
  UserError(String message) {
    super(message);
  }
}
