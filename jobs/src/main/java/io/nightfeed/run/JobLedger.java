package io.nightfeed.run;

import static io.nightfeed.tables.Columns.FINISHED_AT;
import static io.nightfeed.tables.Columns.JOB;
import static io.nightfeed.tables.Columns.RUN_DATE;
import static io.nightfeed.tables.Columns.RUN_ID;
import static io.nightfeed.tables.Columns.STARTED_AT;
import static io.nightfeed.tables.Columns.STATUS;
import static org.apache.spark.sql.functions.col;

import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Ops;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Which jobs are done for which nights, by {@link Ops#JOB_RUNS}.
 *
 * <p>A job is done for a night if it ended well there, with the settings and the version of now,
 * and began after everything had ended that its tables depend on: the jobs before it, for that
 * night and all earlier ones; and, where its nights are ordered, its own earlier nights. So a night
 * that is ingested once more makes the later jobs of the nights after it due again.
 */
final class JobLedger {
  private record Key(String job, LocalDate night) {}

  private record Ended(String runId, Instant startedAt, Instant finishedAt) {}

  private final Map<Key, Ended> latest = new HashMap<>();

  static JobLedger read(Lake lake) {
    var ledger = new JobLedger();
    lake.all(Ops.JOB_RUNS)
        .where(col(STATUS).isin(RunRecord.OK, RunRecord.REFUSED))
        .select(JOB, RUN_DATE, RUN_ID, STARTED_AT, FINISHED_AT)
        .orderBy(FINISHED_AT, RUN_ID)
        .collectAsList()
        .forEach(
            row ->
                ledger.add(
                    row.getString(0),
                    row.getDate(1).toLocalDate(),
                    row.getString(2),
                    row.getTimestamp(3).toInstant(),
                    row.getTimestamp(4).toInstant()));
    return ledger;
  }

  /** The latest run of a job for a night. */
  void add(String job, LocalDate night, String runId, Instant startedAt, Instant finishedAt) {
    latest.put(new Key(job, night), new Ended(runId, startedAt, finishedAt));
  }

  /**
   * @param jobs all of a night, in order
   * @param runIds what a run of a night has as its id today
   */
  boolean isDone(List<Job> jobs, Job job, LocalDate night, Function<LocalDate, String> runIds) {
    var mine = latest.get(new Key(job.name(), night));
    if (mine == null || !mine.runId().equals(runIds.apply(night))) {
      return false;
    }
    int place = jobs.indexOf(job);
    return latest.entrySet().stream()
        .filter(other -> isBefore(jobs, place, night, other.getKey()))
        .noneMatch(other -> other.getValue().finishedAt().isAfter(mine.startedAt()));
  }

  private static boolean isBefore(List<Job> jobs, int place, LocalDate night, Key other) {
    for (int earlier = 0; earlier < place; earlier++) {
      if (jobs.get(earlier).name().equals(other.job())) {
        return !other.night().isAfter(night);
      }
    }
    return jobs.get(place).isOrdered()
        && jobs.get(place).name().equals(other.job())
        && other.night().isBefore(night);
  }
}
