package io.nightfeed.tables;

import static io.nightfeed.tables.Columns.*;
import static io.nightfeed.tables.TableSpec.table;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createMapType;

import java.util.List;

/** What operators keep about the suite itself. */
public final class Ops {
  public static final TableSpec TUNING_TRIALS =
      table(
              "ops.tuning_trials",
              "One finished trial of a search for settings; its run date is the night that it learned from.")
          .key(SEARCH_ID, TRIAL, RUNG)
          .required(
              SEARCH_ID,
              StringType,
              "Digest of what the trial's figures depend on: data, night, window, space, seed and settings.")
          .required(
              TRIAL, IntegerType, "Number of the candidate in its search; 0: the settings as set.")
          .required(RUNG, IntegerType, "Round of successive halving, from 0.")
          .required(USER_SHARE, DoubleType, "Share of users that it learned from and was asked by.")
          .required(
              SETTINGS,
              createMapType(StringType, StringType, false),
              "What differs from the settings as set, by key.")
          .required(
              NDCG_BY_USER,
              createArrayType(DoubleType, false),
              "NDCG@20 of everybody who was asked, by user id, ascending.")
          .required(SECONDS, DoubleType, "What the trial took.")
          .check("trial_from_zero", "trial >= 0 and rung >= 0")
          .check("share_of_users", "user_share > 0 and user_share <= 1")
          .build();

  public static final TableSpec JOB_RUNS =
      table("ops.job_runs", "One run of one job for one night, as it ended; reruns add rows.")
          .key(JOB, STARTED_AT)
          .required(JOB, StringType, "Name of the job.")
          .required(
              RUN_ID, StringType, "Digest of run date, settings and version: equal for a rerun.")
          .required(
              STATUS,
              StringType,
              "ok, refused (it did its work, but what it made may not serve) or failed.")
          .required(STARTED_AT, TimestampType, "When it began (UTC).")
          .required(FINISHED_AT, TimestampType, "When it ended (UTC).")
          .required(SECONDS, DoubleType, "What it took.")
          .required(
              COUNTS,
              createMapType(StringType, LongType, false),
              "What it counted, such as events.quarantined.")
          .required(
              NOTES,
              createMapType(StringType, StringType, false),
              "What it said beside the counts, such as why it failed.")
          .check("known_status", "status in ('ok', 'refused', 'failed')")
          .build();

  public static final TableSpec AUDIT_RESULTS =
      table(
              "ops.audit_results",
              "What one rule found in one slice before it was published, or not.")
          .key(TABLE_NAME, RULE, ATTEMPT, RUN_ID)
          .required(TABLE_NAME, StringType, "The table whose slice of the run date was audited.")
          .required(RULE, StringType, "The rule, as the table declares it.")
          .required(
              ATTEMPT,
              LongType,
              "Delta's transaction version of the slice, from 0; one that failed is tried again.")
          .required(
              FOUND,
              DoubleType,
              "Rows, users or values that break the rule; for rules of a number, that number.")
          .required(ALLOWED, StringType, "What the rule expects.")
          .required(OUTCOME, StringType, "passed, failed, accepted or not_asked.")
          .required(RUN_ID, StringType, "Run that published.")
          .check("known_outcome", "outcome in ('passed', 'failed', 'accepted', 'not_asked')")
          .build();

  public static final TableSpec PUBLISH_LOG =
      table(
              "ops.publish_log",
              "One slice that a run published. A run's rows are one commit, made when the run ended"
                  + " well: from then on its slices are seen. By SQL, of the newest row of a table"
                  + " and slice_date: SELECT * FROM <table> VERSION AS OF <table_version> WHERE"
                  + " run_date = <slice_date>.")
          .key(PUBLICATION, TABLE_NAME, TABLE_VERSION)
          .required(
              PUBLICATION,
              StringType,
              "Identifies the run of a job; the commits of the run carry it in userMetadata.")
          .required(TABLE_NAME, StringType, "The table.")
          .required(SLICE_DATE, DateType, "The run date of the slice.")
          .required(ATTEMPT, LongType, "Delta's transaction version of the slice, from 0.")
          .required(TABLE_VERSION, LongType, "The table's version that the commit made.")
          .required(SLICE_ROWS, LongType, "How many rows the slice has.")
          .required(RUN_ID, StringType, "Run that published.")
          .build();

  /** Every table of this layer. */
  public static final List<TableSpec> ALL =
      List.of(TUNING_TRIALS, JOB_RUNS, AUDIT_RESULTS, PUBLISH_LOG);

  private Ops() {}
}
