package io.nightfeed.run;

/** What a process tells its scheduler. */
public enum ExitCode {
  /** The job did its work. */
  OK(0),
  /** The job failed; a retry will most likely fail too. */
  FAILED(1),
  /** The command line or the settings are wrong. */
  USAGE(2),
  /**
   * The data are not good enough to publish, and yesterday's tables still serve; or a model is not,
   * and the one before it serves this night, too.
   */
  DATA_QUALITY(3),
  /** Something is not there yet, such as tonight's input: try again later (EX_TEMPFAIL). */
  RETRY(75);

  private final int status;

  ExitCode(int status) {
    this.status = status;
  }

  /** The process's exit status. */
  public int status() {
    return status;
  }
}
