package io.nightfeed.run;

/**
 * A job that cannot go on, for a reason that the operator can act upon. The message says what was
 * found, where, what was expected and what to do; no stack trace is needed to understand it.
 */
public final class JobFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final ExitCode code;

  public JobFailure(ExitCode code, String message) {
    this(code, message, null);
  }

  public JobFailure(ExitCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ExitCode code() {
    return code;
  }
}
