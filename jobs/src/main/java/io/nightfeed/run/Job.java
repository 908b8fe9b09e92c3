package io.nightfeed.run;

/**
 * One stage of the night: a function of (settings, run date) that replaces its own slice of its own
 * tables. Running it again with the same input gives the same rows.
 */
public interface Job {
  /** The subcommand and Airflow task name: {@code ingest}. */
  String name();

  /**
   * Whether what it makes of a night depends on what it made of earlier ones, so that a backfill
   * must take nights in order.
   */
  default boolean isOrdered() {
    return false;
  }

  /**
   * Reads, transforms and publishes.
   *
   * @throws JobFailure when the operator has to act; see its exit code
   */
  void run(JobContext context);
}
