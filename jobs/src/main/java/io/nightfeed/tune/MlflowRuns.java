package io.nightfeed.tune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Shows trials as runs of an MLflow server, by its REST API (version 2.0). The official Java client
 * does the same with 8 MB of classes. Whatever goes wrong is said once, and nothing more is sent:
 * the search does not need it.
 */
final class MlflowRuns {
  private static final String EXPERIMENT = "nightfeed tune";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String server;
  private final Optional<String> authorization;
  private final Clock clock;
  private final PrintWriter out;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private String experiment;
  private boolean isOff;

  /** The server did not do what it was asked. */
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;
    private final int status;

    RefusedException(String call, int status) {
      super("it answered " + status + " to " + call);
      this.status = status;
    }
  }

  private MlflowRuns(String server, Optional<String> authorization, Clock clock, PrintWriter out) {
    this.server = server.replaceAll("/+$", "");
    this.authorization = authorization;
    this.clock = clock;
    this.out = out;
  }

  /**
   * The server that is set up.
   *
   * @param setting its address; empty: the environment's
   * @param environment of the process: {@code MLFLOW_TRACKING_URI} and credentials
   * @param out takes a line when something is wrong
   * @return none where nothing is set up, or something that is no server
   */
  static Optional<MlflowRuns> of(
      String setting, Map<String, String> environment, Clock clock, PrintWriter out) {
    var server = setting.isEmpty() ? environment.getOrDefault("MLFLOW_TRACKING_URI", "") : setting;
    if (server.isEmpty()) {
      return Optional.empty();
    }
    if (!server.matches("https?://[^@]+")) {
      out.println(
          "MLflow: MLFLOW_TRACKING_URI is not http://… or https://… without credentials; trials are not logged there.");
      return Optional.empty();
    }
    return Optional.of(new MlflowRuns(server, authorization(environment), clock, out));
  }

  private static Optional<String> authorization(Map<String, String> environment) {
    var token = environment.get("MLFLOW_TRACKING_TOKEN");
    if (token != null) {
      return Optional.of("Bearer " + token);
    }
    var user = environment.get("MLFLOW_TRACKING_USERNAME");
    var password = environment.get("MLFLOW_TRACKING_PASSWORD");
    if (user == null || password == null) {
      return Optional.empty();
    }
    var both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return Optional.of("Basic " + Base64.getEncoder().encodeToString(both));
  }

  /** A finished run, unless something went wrong before. */
  void add(
      String name,
      Map<String, String> parameters,
      Map<String, Double> metrics,
      Map<String, String> tags) {
    if (isOff) {
      return;
    }
    try {
      send(name, parameters, metrics, tags);
    } catch (IOException | IllegalArgumentException failure) {
      turnOff(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      turnOff(interrupted);
    }
  }

  private void turnOff(Exception why) {
    isOff = true;
    var reason =
        why instanceof RefusedException ? why.getMessage() : why.getClass().getSimpleName();
    out.printf(
        "MLflow at %s: %s; trials are not logged there from here on, the search goes on.%n",
        server, reason);
    out.flush();
  }

  private void send(
      String name,
      Map<String, String> parameters,
      Map<String, Double> metrics,
      Map<String, String> tags)
      throws IOException, InterruptedException {
    if (experiment == null) {
      experiment = experiment();
    }
    long now = clock.millis();
    var run =
        post(
                "runs/create",
                Map.of(
                    "experiment_id",
                    experiment,
                    "run_name",
                    name,
                    "start_time",
                    now - Math.round(1000 * metrics.getOrDefault("seconds", 0.0)),
                    "tags",
                    pairs(tags)))
            .at("/run/info/run_id")
            .asText();
    var values =
        new TreeMap<>(metrics)
            .entrySet().stream()
                .map(
                    one ->
                        Map.of(
                            "key",
                            one.getKey(),
                            "value",
                            one.getValue(),
                            "timestamp",
                            now,
                            "step",
                            0))
                .toList();
    post("runs/log-batch", Map.of("run_id", run, "metrics", values, "params", pairs(parameters)));
    post("runs/update", Map.of("run_id", run, "status", "FINISHED", "end_time", now));
  }

  private static List<Map<String, String>> pairs(Map<String, String> values) {
    return new TreeMap<>(values)
        .entrySet().stream()
            .map(one -> Map.of("key", one.getKey(), "value", one.getValue()))
            .toList();
  }

  /** The id of ours, which is made where it is missing. */
  private String experiment() throws IOException, InterruptedException {
    try {
      var name = URLEncoder.encode(EXPERIMENT, StandardCharsets.UTF_8);
      var call = "experiments/get-by-name";
      return answer(call, request(call + "?experiment_name=" + name).GET())
          .at("/experiment/experiment_id")
          .asText();
    } catch (RefusedException refused) {
      if (refused.status != 404) {
        throw refused;
      }
      return post("experiments/create", Map.of("name", EXPERIMENT)).at("/experiment_id").asText();
    }
  }

  private JsonNode post(String call, Map<String, ?> body) throws IOException, InterruptedException {
    var json = BodyPublishers.ofString(JSON.writeValueAsString(body));
    return answer(call, request(call).header("Content-Type", "application/json").POST(json));
  }

  private HttpRequest.Builder request(String call) {
    var request =
        HttpRequest.newBuilder(URI.create(server + "/api/2.0/mlflow/" + call)).timeout(PATIENCE);
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private JsonNode answer(String call, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    var answer = client.send(request.build(), BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new RefusedException(call, answer.statusCode());
    }
    return JSON.readTree(answer.body());
  }
}
