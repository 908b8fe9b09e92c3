package io.nightfeed.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.SparkTest;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.ingest.IngestJob;
import io.nightfeed.lake.Lake;
import io.nightfeed.profile.ProfileJob;
import io.nightfeed.tables.Columns;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two jobs with the properties of {@code conf/spark/openlineage.properties}: what the file of
 * events says of them, beside what is in the tables.
 */
class LineageOfJobsTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);
  private static final String LOCATION = "spark.openlineage.transport.location";

  @TempDir static Path folder;
  private static List<JsonNode> events;

  @BeforeAll
  static void runTwoJobs() throws IOException {
    var shipped = new Properties();
    try (var lines = Files.newBufferedReader(Path.of("../conf/spark/openlineage.properties"))) {
      shipped.load(lines);
    }
    var file = folder.resolve("lineage.jsonl");
    assertThat(shipped.put(LOCATION, file.toString())).isNotNull();
    var conf = SparkTest.spark().conf();
    shipped.forEach((name, value) -> conf.set((String) name, (String) value));
    try {
      run(new IngestJob());
      run(new ProfileJob());
    } finally {
      shipped.keySet().forEach(name -> conf.unset((String) name));
    }
    events = new ArrayList<>();
    for (var line : Files.readAllLines(file)) {
      events.add(new ObjectMapper().readTree(line));
    }
  }

  private static void run(Job job) {
    var settings =
        SettingsLoader.load(
            List.of(Path.of("../conf/demo.conf")),
            Map.of(
                "raw-folder", "\"../data-samples/raw\"",
                "lake-folder", "\"" + folder.resolve("lake") + "\"",
                "pseudonyms.key-file", "\"" + folder.resolve("key") + "\""));
    var printed = new StringWriter();
    var runner =
        new JobRunner(SparkTest.spark(), settings, new PrintWriter(printed), Clock.systemUTC());
    assertThat(runner.run(List.of(job), NIGHT)).as(printed.toString()).isEqualTo(ExitCode.OK);
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
  void neitherUsersNorTheKey_areInEvents() throws IOException {
    var users =
        new Lake(SparkTest.spark(), folder.resolve("lake"))
            .slice(Silver.EVENTS, NIGHT)
            .select(Columns.USER_ID)
            .distinct()
            .collectAsList();
    assertThat(users).isNotEmpty();
    assertThat(events.toString()).doesNotContain(Files.readString(folder.resolve("key")).strip());
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
