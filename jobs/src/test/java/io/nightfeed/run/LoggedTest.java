package io.nightfeed.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.SparkTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LoggedTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);
  private static final Path JSON = Path.of("../conf/log4j2-json.properties");

  @Test
  void linesInJson_areObjectsThatNameTheRun() throws IOException {
    var printed = new ByteArrayOutputStream();
    var console = System.err;
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try (var context = new LoggerContext("json", null, JSON.toUri())) {
      context.start();
      var logged = Logged.as(SparkTest.spark().sparkContext(), "ingest", NIGHT, "0123");
      try (logged) {
        context.getLogger("io.nightfeed.run.Logged").info("one\n\"two\"");
      }
      context.getLogger("io.nightfeed.run.Logged").info("afterwards");
      context.getLogger("org.apache.spark.Other").info("routine");
    } finally {
      System.setErr(console);
    }
    var lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(2);
    var line = new ObjectMapper().readTree(lines.get(0));
    assertThat(line.path("message").asText()).isEqualTo("one\n\"two\"");
    assertThat(line.path("level").asText()).isEqualTo("INFO");
    assertThat(line.path("contextMap").path("mdc.run_id").asText()).isEqualTo("0123");
    assertThat(line.path("contextMap").path("mdc.run_date").asText()).isEqualTo("2025-06-02");
    assertThat(lines.get(1)).contains("afterwards").doesNotContain("0123");
  }

  @Test
  void tasks_areLoggedAsTheRuns() {
    var spark = SparkTest.spark().sparkContext();
    var logged = Logged.as(spark, "ingest", NIGHT, "4567");
    try (logged) {
      assertThat(saidByTasks(spark)).containsOnly("4567");
    }
    assertThat(saidByTasks(spark)).containsOnly("none");
  }

  private static List<String> saidByTasks(org.apache.spark.SparkContext spark) {
    return new JavaSparkContext(spark)
        .parallelize(List.of(1, 2, 3, 4), 2)
        .map(one -> String.valueOf(MDC.get("mdc.run_id")).replace("null", "none"))
        .collect();
  }
}
