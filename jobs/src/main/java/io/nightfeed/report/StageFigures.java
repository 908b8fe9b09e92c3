package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.CORES;
import static io.nightfeed.tables.Columns.INPUT_ROWS;
import static io.nightfeed.tables.Columns.OUTPUT_BYTES;
import static io.nightfeed.tables.Columns.OUTPUT_ROWS;
import static io.nightfeed.tables.Columns.SKEW;
import static io.nightfeed.tables.Columns.SPILLED_BYTES;
import static io.nightfeed.tables.Columns.TASK_SECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** How tonight's jobs went, from their run records; the slowest first. */
record StageFigures(List<Stage> stages) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OK = "ok";
  private static final int NOTE_CHARACTERS = 300;
  private static final double SECONDS_OF_HOUR = 3600;
  private static final double MEGABYTE = 1 << 20;
  private static final double MILLION = 1e6;

  /**
   * One job of the night.
   *
   * @param tasks what its tasks read, wrote and took, by the names of {@code ops.job_runs}
   */
  record Stage(
      String job,
      String status,
      double seconds,
      String startedAt,
      List<String> notes,
      JsonNode tasks) {
    boolean isOk() {
      return status.equals(OK);
    }

    /** What was reserved for it, busy or not. */
    double coreHours() {
      return seconds * tasks.path(CORES).asLong() / SECONDS_OF_HOUR;
    }
  }

  /**
   * Reads {@code <lake>/runs/run_date=…/<job>/run.json} of every job but one: the report's own
   * record, if there is any, is of an earlier attempt.
   */
  static StageFigures read(Night night, String ownJob) {
    var folder = night.lake().root().resolve("runs").resolve("run_date=" + night.runDate());
    if (!Files.isDirectory(folder)) {
      return new StageFigures(List.of());
    }
    var stages = new ArrayList<Stage>();
    try (var jobs = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (var job : jobs) {
        var record = job.resolve("run.json");
        if (Files.isRegularFile(record) && !job.endsWith(ownJob)) {
          stages.add(stage(record));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list the run records below " + folder, e);
    }
    stages.sort(Comparator.comparingDouble(Stage::seconds).reversed().thenComparing(Stage::job));
    return new StageFigures(stages);
  }

  List<String> failed() {
    return stages.stream().filter(stage -> !stage.isOk()).map(Stage::job).sorted().toList();
  }

  /**
   * @param activeUsers those whom the night is for; nothing where how many is not told
   * @param price of a core for an hour
   */
  Section section(Optional<Long> activeUsers, double price) {
    if (stages.isEmpty()) {
      return Section.empty("stages", "Stages");
    }
    var chart =
        Chart.bars(
            "stage-times",
            "Time of each job, slowest first",
            new Chart.Categories("job", stages.stream().map(Stage::job).toList()),
            "seconds",
            Chart.Direction.LYING,
            Chart.Arrangement.GROUPED,
            List.of(
                new Chart.Series(
                    "seconds", stages.stream().map(Stage::seconds).toList(), Palette.GOOD)));
    var total = stages.stream().mapToDouble(Stage::seconds).sum();
    return new Section(
        "stages",
        "Stages",
        "All jobs together took " + Numbers.seconds(total) + " s" + cost(activeUsers, price) + ".",
        List.of(chart),
        List.of(table()));
  }

  private String cost(Optional<Long> activeUsers, double price) {
    var hours = stages.stream().mapToDouble(Stage::coreHours).sum();
    if (hours == 0) {
      return "";
    }
    var told = ", " + Numbers.figure(hours) + " core-hours";
    var each = hours / activeUsers.orElse(0L) * MILLION;
    return activeUsers.isEmpty() || !Double.isFinite(each)
        ? told
        : told
            + ": for a million active users "
            + Numbers.figure(each)
            + ", where time grows with users, at "
            + Numbers.figure(price)
            + " (report.core-hour-price) "
            + Numbers.figure(each * price);
  }

  private FigureTable table() {
    var table =
        FigureTable.of(
            "Jobs of this night",
            text("job"),
            text("status"),
            number("seconds"),
            number("task seconds"),
            number("rows read"),
            number("rows written"),
            number("MB written"),
            number("MB spilled"),
            number("skew"),
            text("started (UTC)"),
            text("notes"));
    stages.forEach(
        stage ->
            table.line(
                stage.job(),
                stage.status(),
                Numbers.seconds(stage.seconds()),
                Numbers.seconds(stage.tasks().path(TASK_SECONDS).asDouble()),
                Numbers.count(stage.tasks().path(INPUT_ROWS).asLong()),
                Numbers.count(stage.tasks().path(OUTPUT_ROWS).asLong()),
                Numbers.seconds(stage.tasks().path(OUTPUT_BYTES).asLong() / MEGABYTE),
                Numbers.seconds(stage.tasks().path(SPILLED_BYTES).asLong() / MEGABYTE),
                Numbers.seconds(stage.tasks().path(SKEW).asDouble()),
                stage.startedAt(),
                Excerpt.of(String.join("; ", stage.notes()), NOTE_CHARACTERS)));
    return table;
  }

  private static Stage stage(Path record) {
    try {
      var content = JSON.readTree(record.toFile());
      var notes = new ArrayList<String>();
      content
          .path("notes")
          .fields()
          .forEachRemaining(note -> notes.add(note.getKey() + ": " + note.getValue().asText()));
      return new Stage(
          textOf(content, "job", record.getParent().getFileName().toString()),
          textOf(content, "status", "unknown"),
          content.path("seconds").asDouble(),
          textOf(content, "started_at", ""),
          notes,
          content.path("tasks"));
    } catch (IOException e) {
      // A damaged record must not cost the night its report; it shows as what it is.
      return new Stage(
          record.getParent().getFileName().toString(),
          "record cannot be read",
          0,
          "",
          List.of(record + ": " + e.getMessage()),
          MissingNode.getInstance());
    }
  }

  private static String textOf(JsonNode content, String field, String otherwise) {
    return content.path(field).asText(otherwise);
  }
}
