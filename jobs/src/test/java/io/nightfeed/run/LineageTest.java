package io.nightfeed.run;

import static io.nightfeed.run.JobRunnerTest.serving;
import static io.nightfeed.run.JobRunnerTest.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.nightfeed.SparkTest;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.openlineage.client.transports.KafkaConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of small jobs, told to a server as OpenLineage's HTTP transport tells them. */
class LineageTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 2);
  private static final String PARENT = "01a22f3c-0a19-71ee-92bb-6f45585fc33c";

  @TempDir Path lake;
  private final SparkSession spark = SparkTest.spark().newSession();
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          keys.add(exchange.getRequestHeaders().getFirst("Authorization"));
          events.add(new ObjectMapper().readTree(exchange.getRequestBody()));
          exchange.sendResponseHeaders(201, -1);
          exchange.close();
        });
    server.start();
    set("transport.type", "http");
    set("transport.url", url());
    set("transport.auth.type", "api_key");
    set("transport.auth.apiKey", "opensesame");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void run_isToldWithWhatItReadAndWrote() {
    run(context -> context.lake().publish(Silver.LABELS_WANTED, NIGHT, wanted(1)));
    run(
        context -> {
          assertThat(context.lake().slice(Silver.LABELS_WANTED, NIGHT).count()).isEqualTo(1);
          context.lake().publish(Gold.SERVING_MODELS, NIGHT, serving());
          assertThat(context.lake().all(Gold.SERVING_MODELS).count()).isEqualTo(1);
        });
    assertThat(events)
        .extracting(event -> event.get("eventType").asText())
        .containsExactly("START", "COMPLETE", "START", "COMPLETE");
    assertThat(keys).containsOnly("Bearer opensesame");
    var end = events.get(3);
    assertThat(end.at("/run/runId")).isEqualTo(events.get(2).at("/run/runId"));
    assertThat(end.at("/run/runId")).isNotEqualTo(events.get(1).at("/run/runId"));
    assertThat(end.get("inputs")).hasSize(1);
    assertThat(end.at("/inputs/0/name").asText()).isEqualTo(lake + "/silver/labels_wanted");
    assertThat(end.at("/inputs/0/facets/version/datasetVersion").asText()).isEqualTo("1");
    assertThat(end.get("outputs")).hasSize(1);
    assertThat(end.at("/outputs/0/name").asText()).isEqualTo(lake + "/gold/serving_models");
    assertThat(end.at("/outputs/0/outputFacets/outputStatistics/rowCount").asInt()).isEqualTo(1);
    assertThat(end.at("/outputs/0/outputFacets/subset/outputCondition/locations/0").asText())
        .endsWith("/gold/serving_models/run_date=2025-06-02/");
  }

  @Test
  void failedRun_isToldWithoutItsReasonAndWithoutWhatNobodySees() {
    var code =
        run(
            context -> {
              context.lake().publish(Gold.SERVING_MODELS, NIGHT, serving());
              context.lake().publish(Silver.LABELS_WANTED, NIGHT, wanted(0));
            });
    assertThat(code).isEqualTo(ExitCode.DATA_QUALITY);
    var end = events.get(1);
    assertThat(end.get("eventType").asText()).isEqualTo("FAIL");
    assertThat(end.at("/run/facets/errorMessage/message").asText())
        .startsWith("exit code 3 (DATA_QUALITY)");
    assertThat(end.toString()).doesNotContain("uncertainty_in_range");
    assertThat(end.get("outputs")).isEmpty();
  }

  @Test
  void serverThatIsGone_failsNothing() {
    server.stop(0);
    assertThat(run(context -> {})).isEqualTo(ExitCode.OK);
    set("transport.type", "no such transport");
    assertThat(run(context -> {})).isEqualTo(ExitCode.OK);
    assertThat(events).isEmpty();
  }

  @Test
  void severalTransports_areToldOfEveryRunOfAProcess() {
    set("transport.type", "composite");
    set("transport.transports.first.type", "http");
    set("transport.transports.first.url", url());
    set("transport.transports.second.type", "http");
    set("transport.transports.second.url", url());
    run(context -> {});
    run(context -> {});
    assertThat(events).hasSize(8);
  }

  @Test
  void withoutTransport_nothingIsTold() {
    spark.conf().unset("spark.openlineage.transport.type");
    run(context -> {});
    assertThat(events).isEmpty();
  }

  @Test
  void whoeverStartedTheRun_isItsParent() {
    set("parentJobNamespace", "airflow");
    set("parentJobName", "nightly.ingest");
    set("parentRunId", PARENT);
    run(context -> {});
    var parent = events.get(0).at("/run/facets/parent");
    assertThat(parent.at("/run/runId").asText()).isEqualTo(PARENT);
    assertThat(parent.at("/job/name").asText()).isEqualTo("nightly.ingest");
    assertThat(parent.at("/root/run/runId").asText()).isEqualTo(PARENT);
  }

  @Test
  void namesOfOtherSystems_keepTheirDots() {
    var kafka =
        (KafkaConfig)
            Lineage.transport(
                Map.of(
                    "transport.type", "kafka",
                    "transport.topicName", "lineage",
                    "transport.properties.bootstrap.servers", "localhost:9092"));
    assertThat(kafka.getTopicName()).isEqualTo("lineage");
    assertThat(kafka.getProperties()).containsEntry("bootstrap.servers", "localhost:9092");
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void set(String name, String value) {
    spark.conf().set("spark.openlineage." + name, value);
  }

  private ExitCode run(Consumer<JobContext> body) {
    var settings = SettingsLoader.load(List.of(), Map.of("lake-folder", "\"" + lake + "\""));
    var out = new PrintWriter(new StringWriter());
    return new JobRunner(spark, settings, out, Clock.systemUTC()).run(List.of(job(body)), NIGHT);
  }

  private static Job job(Consumer<JobContext> body) {
    return new Job() {
      @Override
      public String name() {
        return "small";
      }

      @Override
      public void run(JobContext context) {
        body.accept(context);
      }
    };
  }
}
