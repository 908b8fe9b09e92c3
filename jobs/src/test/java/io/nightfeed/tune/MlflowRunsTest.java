package io.nightfeed.tune;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MlflowRunsTest {
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(1_000_000), ZoneOffset.UTC);
  private static final String API = "/api/2.0/mlflow/";

  /** What the server was asked. */
  private record Request(String call, String authorization, JsonNode body) {}

  private final List<Request> requests = new ArrayList<>();
  private final StringWriter printed = new StringWriter();
  private HttpServer server;
  private boolean hasExperiment;
  private int statusOfRuns = 200;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(API, this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    var uri = exchange.getRequestURI();
    var body = new ObjectMapper().readTree(exchange.getRequestBody());
    requests.add(
        new Request(
            exchange.getRequestMethod() + " " + uri.toString().substring(API.length()),
            exchange.getRequestHeaders().getFirst("Authorization"),
            body));
    switch (uri.getPath().substring(API.length())) {
      case "experiments/get-by-name" ->
          answer(exchange, hasExperiment ? 200 : 404, "{'experiment':{'experiment_id':'7'}}");
      case "experiments/create" -> answer(exchange, 200, "{'experiment_id':'8'}");
      case "runs/create" ->
          answer(exchange, statusOfRuns, "{'run':{'info':{'run_id':'r1'}},'secret':'s3cret'}");
      default -> answer(exchange, 200, "{}");
    }
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    var bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String address() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  private MlflowRuns runs(Map<String, String> environment) {
    return MlflowRuns.of(address() + "/", environment, CLOCK, new PrintWriter(printed, true))
        .orElseThrow();
  }

  private static void addTrial(MlflowRuns runs) {
    runs.add(
        "trial 3, rung 1",
        Map.of("train.rank", "64"),
        Map.of("ndcg20", 0.25, "seconds", 2.0),
        Map.of("nightfeed.trial", "3"));
  }

  @Test
  void aTrial_isARunWithParamsMetricsAndTags() {
    addTrial(runs(Map.of()));
    assertThat(requests)
        .extracting(Request::call)
        .containsExactly(
            "GET experiments/get-by-name?experiment_name=nightfeed+tune",
            "POST experiments/create",
            "POST runs/create",
            "POST runs/log-batch",
            "POST runs/update");
    assertThat(requests.get(1).body()).hasToString("{\"name\":\"nightfeed tune\"}");
    var create = requests.get(2).body();
    assertThat(create.get("experiment_id").asText()).isEqualTo("8");
    assertThat(create.get("run_name").asText()).isEqualTo("trial 3, rung 1");
    assertThat(create.get("start_time").asLong()).isEqualTo(998_000);
    assertThat(create.at("/tags/0/key").asText()).isEqualTo("nightfeed.trial");
    assertThat(create.at("/tags/0/value").asText()).isEqualTo("3");
    var batch = requests.get(3).body();
    assertThat(batch.get("run_id").asText()).isEqualTo("r1");
    assertThat(batch.at("/params/0/key").asText()).isEqualTo("train.rank");
    assertThat(batch.at("/params/0/value").asText()).isEqualTo("64");
    assertThat(batch.at("/metrics/0/key").asText()).isEqualTo("ndcg20");
    assertThat(batch.at("/metrics/0/value").asDouble()).isEqualTo(0.25);
    assertThat(batch.at("/metrics/0/timestamp").asLong()).isEqualTo(1_000_000);
    assertThat(batch.get("metrics")).hasSize(2);
    var update = requests.get(4).body();
    assertThat(update.get("status").asText()).isEqualTo("FINISHED");
    assertThat(update.get("end_time").asLong()).isEqualTo(1_000_000);
    assertThat(requests).allMatch(request -> request.authorization() == null);
    assertThat(printed.toString()).isEmpty();
  }

  @Test
  void theExperiment_isLookedUpOnce_andNotMadeAgain() {
    hasExperiment = true;
    var runs = runs(Map.of());
    addTrial(runs);
    addTrial(runs);
    assertThat(requests).extracting(Request::call).doesNotContain("POST experiments/create");
    assertThat(requests).hasSize(1 + 3 + 3);
    assertThat(requests.get(1).body().get("experiment_id").asText()).isEqualTo("7");
  }

  @Test
  void credentials_comeFromTheEnvironment() {
    addTrial(runs(Map.of("MLFLOW_TRACKING_TOKEN", "t0ken")));
    assertThat(requests).allMatch(one -> one.authorization().equals("Bearer t0ken"));
    requests.clear();
    addTrial(runs(Map.of("MLFLOW_TRACKING_USERNAME", "u", "MLFLOW_TRACKING_PASSWORD", "p")));
    var expected =
        "Basic " + Base64.getEncoder().encodeToString("u:p".getBytes(StandardCharsets.UTF_8));
    assertThat(requests).allMatch(one -> one.authorization().equals(expected));
  }

  @Test
  void aRefusal_isSaidOnce_withoutSecrets_andNothingMoreIsSent() {
    statusOfRuns = 403;
    var runs = runs(Map.of("MLFLOW_TRACKING_TOKEN", "t0ken"));
    addTrial(runs);
    int asked = requests.size();
    addTrial(runs);
    assertThat(requests).hasSize(asked);
    assertThat(printed.toString())
        .containsOnlyOnce("it answered 403 to runs/create")
        .doesNotContain("t0ken", "s3cret");
  }

  @Test
  void aServerThatIsNotThere_isSaidOnce() {
    var runs = runs(Map.of());
    server.stop(0);
    addTrial(runs);
    addTrial(runs);
    assertThat(printed.toString()).containsOnlyOnce("ConnectException");
  }

  @Test
  void theSetting_goesBeforeTheEnvironment_andNeitherIsOff() {
    var out = new PrintWriter(printed, true);
    assertThat(MlflowRuns.of("", Map.of(), CLOCK, out)).isEmpty();
    var other = Map.of("MLFLOW_TRACKING_URI", "http://localhost:1");
    addTrial(MlflowRuns.of(address(), other, CLOCK, out).orElseThrow());
    assertThat(requests).isNotEmpty();
    assertThat(printed.toString()).isEmpty();
    var withPassword = Map.of("MLFLOW_TRACKING_URI", "http://me:s3cret@localhost:1");
    assertThat(MlflowRuns.of("", withPassword, CLOCK, out)).isEmpty();
    assertThat(printed.toString()).contains("without credentials").doesNotContain("s3cret");
  }
}
