package io.nightfeed.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.nightfeed.tables.Ops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * What one job did: its counts, its notes and its times. Printed at the end and kept as run.json.
 */
public final class RunRecord {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  static final String OK = "ok";
  static final String REFUSED = "refused";
  private static final String FAILED = "failed";

  /** The note that says why a job failed. */
  static final String FAILURE = "failure";

  private final String job;
  private final LocalDate runDate;
  private final String runId;
  private final Instant startedAt;
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final Map<String, String> notes = new LinkedHashMap<>();
  private Instant finishedAt;
  private ExitCode code = ExitCode.OK;
  private TaskMeasures.Totals tasks = TaskMeasures.Totals.NONE;
  private boolean isRefused;

  public RunRecord(String job, LocalDate runDate, String runId, Instant startedAt) {
    this.job = job;
    this.runDate = runDate;
    this.runId = runId;
    this.startedAt = startedAt;
  }

  String job() {
    return job;
  }

  LocalDate runDate() {
    return runDate;
  }

  Instant startedAt() {
    return startedAt;
  }

  Instant finishedAt() {
    return finishedAt;
  }

  /** Identifies (run date, settings, version): a rerun of the same night has the same id. */
  public String runId() {
    return runId;
  }

  /** A number for the summary, such as {@code events.quarantined}. */
  public void count(String name, long value) {
    counts.put(name, value);
  }

  /** A sentence for the summary. */
  public void note(String name, String text) {
    notes.put(name, text);
  }

  /**
   * The job did its work, but what it made may not serve; what served goes on to. The jobs after it
   * run, and the process ends with {@link ExitCode#DATA_QUALITY}.
   */
  public void refuse(String why) {
    isRefused = true;
    note("refused", why);
  }

  ExitCode code() {
    return code;
  }

  boolean isRefused() {
    return isRefused;
  }

  /** The counts so far, in the order in which they came. */
  public Map<String, Long> counts() {
    return Collections.unmodifiableMap(counts);
  }

  /** The notes so far, in the order in which they came. */
  public Map<String, String> notes() {
    return Collections.unmodifiableMap(notes);
  }

  void finish(ExitCode code, TaskMeasures.Totals tasks, Instant finishedAt) {
    this.code = code;
    this.tasks = tasks;
    this.finishedAt = finishedAt;
  }

  /** The row of {@link Ops#JOB_RUNS}, without its run date. */
  Row row() {
    var values = new ArrayList<Object>();
    Collections.addAll(
        values,
        job,
        runId,
        status(),
        Timestamp.from(startedAt),
        Timestamp.from(finishedAt),
        seconds(),
        counts,
        notes);
    values.addAll(tasks.byName().values());
    return RowFactory.create(values.toArray());
  }

  private String status() {
    return code != ExitCode.OK ? FAILED : isRefused ? REFUSED : OK;
  }

  private String shownStatus() {
    return switch (status()) {
      case FAILED -> "failed (exit code " + code.status() + ")";
      case REFUSED -> "refused (exit code " + ExitCode.DATA_QUALITY.status() + ")";
      default -> OK;
    };
  }

  double seconds() {
    return Duration.between(startedAt, finishedAt).toMillis() / 1000.0;
  }

  /** One line for the log. */
  String line() {
    var failure = notes.containsKey(FAILURE) ? ": " + notes.get(FAILURE) : "";
    return "%s %s: %s in %.1f s%s".formatted(job, runDate, shownStatus(), seconds(), failure);
  }

  /** Lines for the terminal: what went in, what came out, how long it took. */
  String summary() {
    var text =
        new StringBuilder(
            "%s %s: %s in %.1f s%n".formatted(job, runDate, shownStatus(), seconds()));
    counts.forEach((name, value) -> text.append("  %-28s %,12d%n".formatted(name, value)));
    notes.forEach((name, note) -> text.append("  %s: %s%n".formatted(name, note)));
    return text.toString();
  }

  /** Writes {@code <lake>/runs/run_date=…/<job>/run.json}, whole or not at all. */
  Path write(Path lakeFolder) {
    var folder = lakeFolder.resolve("runs").resolve("run_date=" + runDate).resolve(job);
    var content = new LinkedHashMap<String, Object>();
    content.put("job", job);
    content.put("run_date", runDate.toString());
    content.put("run_id", runId);
    content.put("status", shownStatus());
    content.put("started_at", startedAt.toString());
    content.put("finished_at", finishedAt.toString());
    content.put("seconds", seconds());
    content.put("counts", counts);
    content.put("notes", notes);
    content.put("tasks", tasks.byName());
    try {
      Files.createDirectories(folder);
      var aside = Files.createTempFile(folder, "run", ".tmp");
      JSON.writeValue(aside.toFile(), content);
      return Files.move(
          aside,
          folder.resolve("run.json"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the run record below " + folder, e);
    }
  }
}
