package io.nightfeed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.lake.Lake;
import io.nightfeed.tables.Columns;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher as an operator uses it, with {@code conf/spark/openlineage.properties} after a
 * profile: what the file of events says of two jobs, beside what is in the tables.
 */
class LineageIT {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);
  private static final String KEY = "c0ffee5eed".repeat(7);

  @TempDir static Path folder;
  private static List<JsonNode> events;

  @BeforeAll
  static void runTwoJobs() throws IOException, InterruptedException {
    var conf = Path.of("../conf/spark");
    var file = folder.resolve("lineage.jsonl");
    Files.writeString(
        folder.resolve("spark.properties"),
        Files.readString(conf.resolve("demo.properties"))
            + Files.readString(conf.resolve("openlineage.properties"))
                .replace("target/lineage.jsonl", file.toString()));
    run("ingest");
    run("profile");
    events = new ArrayList<>();
    for (var line : Files.readAllLines(file)) {
      events.add(new ObjectMapper().readTree(line));
    }
  }

  private static void run(String job) throws IOException, InterruptedException {
    var output = folder.resolve(job + ".txt");
    var raw = Path.of("../data-samples/raw").toAbsolutePath().normalize();
    var launcher =
        new ProcessBuilder(
            "bin/nightfeed",
            job,
            "--run-date",
            NIGHT.toString(),
            "--set",
            "raw-folder=\"" + raw + "\"",
            "--set",
            "lake-folder=\"" + folder.resolve("lake") + "\"");
    launcher.environment().put("NIGHTFEED_PSEUDONYM_KEY", KEY);
    launcher
        .environment()
        .put("NIGHTFEED_SPARK_PROPERTIES", folder.resolve("spark.properties").toString());
    var process = launcher.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
  }

  @Test
  void eachRun_startsAndEnds() throws IOException {
    assertThat(events)
        .extracting(event -> event.at("/job/name").asText() + " " + event.at("/eventType").asText())
        .containsExactly(
            "nightfeed.ingest START",
            "nightfeed.ingest COMPLETE",
            "nightfeed.profile START",
            "nightfeed.profile COMPLETE");
    var record = folder.resolve("lake/runs/run_date=2025-06-02/profile/run.json").toFile();
    var run = events.get(3).get("run");
    assertThat(run.get("runId")).isEqualTo(events.get(2).at("/run/runId"));
    assertThat(run.at("/facets/tags/tags/0/value"))
        .isEqualTo(new ObjectMapper().readTree(record).get("run_id"));
    assertThat(run.at("/facets/nominalTime/nominalStartTime").asText())
        .isEqualTo("2025-06-02T00:00:00Z");
  }

  @Test
  void inputs_areTheTablesThatTheJobBeforeWrote() {
    var inputs = names(events.get(3).get("inputs"));
    assertThat(inputs).contains(name(Silver.EVENTS), name(Silver.POSTS), name(Silver.OPT_OUTS));
    assertThat(names(events.get(1).get("outputs"))).containsAll(inputs);
  }

  @Test
  void outputs_haveTheRowsVersionsAndColumnsOfTheirTables() {
    var outputs = events.get(3).get("outputs");
    assertThat(names(outputs))
        .containsExactly(name(Silver.USER_ITEM_SIGNALS), name(Silver.USER_STATES));
    var states = outputs.get(1);
    var rows = new Lake(SparkTest.spark(), folder.resolve("lake")).slice(Silver.USER_STATES, NIGHT);
    assertThat(states.at("/outputFacets/outputStatistics/rowCount").asLong())
        .isPositive()
        .isEqualTo(rows.count());
    assertThat(states.at("/facets/version/datasetVersion").asText()).isEqualTo("1");
    var fields = states.at("/facets/schema/fields");
    assertThat(fields.findValuesAsText("name"))
        .containsExactly(Silver.USER_STATES.schema().fieldNames());
    assertThat(fields.findValuesAsText("description")).doesNotContain("").hasSize(fields.size());
  }

  @Test
  void neitherUsersNorTheKey_areInEvents() {
    var users =
        new Lake(SparkTest.spark(), folder.resolve("lake"))
            .slice(Silver.EVENTS, NIGHT)
            .select(Columns.USER_ID)
            .distinct()
            .collectAsList();
    assertThat(users).isNotEmpty();
    assertThat(events.toString()).doesNotContain(KEY);
    assertThat(users).noneMatch(user -> events.toString().contains(user.getString(0)));
  }

  private static List<String> names(JsonNode tables) {
    return StreamSupport.stream(tables.spliterator(), false)
        .map(table -> table.get("name").asText())
        .toList();
  }

  private static String name(TableSpec table) {
    return folder.resolve("lake").resolve(table.path()).toString();
  }
}
