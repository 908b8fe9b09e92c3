package io.nightfeed.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.nightfeed.safety.InjectionRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** A language model's server within the process, with faults by the number in a source. */
public final class GullibleServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern NUMBER = Pattern.compile("number ([0-9]+)");
  private static final int ANSWER_TOKENS = 10;

  private final HttpServer server;
  private final java.util.concurrent.ExecutorService threads = Executors.newFixedThreadPool(16);
  private final String key;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger obeyed = new AtomicInteger();
  private final AtomicInteger unauthorised = new AtomicInteger();
  private final AtomicLong tokens = new AtomicLong();
  private final Map<String, Integer> answered = new ConcurrentHashMap<>();
  private final Map<String, Long> promptTokens = new ConcurrentHashMap<>();
  private final Queue<JsonNode> given = new ConcurrentLinkedQueue<>();
  private volatile boolean isGood;
  private volatile int callToWaitFor = -1;
  private volatile Runnable then = () -> {};

  public GullibleServer(String key) throws IOException {
    this.key = key;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  public void answerAllWell() {
    isGood = true;
  }

  public void onCall(int number, Runnable action) {
    callToWaitFor = number;
    then = action;
  }

  public int calls() {
    return calls.get();
  }

  public int obeyed() {
    return obeyed.get();
  }

  public int unauthorised() {
    return unauthorised.get();
  }

  /** That were answered with status 200, the late ones among them. */
  public long tokens() {
    return tokens.get();
  }

  /** How often each task, by its kind and source, was answered with status 200. */
  public Map<String, Integer> answered() {
    return answered;
  }

  /** What it was given to work with, of every call. */
  public List<JsonNode> given() {
    return List.copyOf(given);
  }

  /** What tasks that were answered so often cost, at 10 and 30 a million tokens. */
  public double largestCostSum(Map<String, Integer> times) {
    return times.entrySet().stream()
            .mapToDouble(
                one ->
                    one.getValue() * (promptTokens.get(one.getKey()) * 10.0 + ANSWER_TOKENS * 30.0))
            .sum()
        / 1e6;
  }

  public static boolean isGood(int number) {
    return number % 10 >= 6;
  }

  public static String line(int number) {
    return "A quiet harbour at place number " + number;
  }

  /** Of which one is told; the last try of a slow one may be one that is refused. */
  public static List<String> causes(int number) {
    return switch (number % 10) {
      case 0, 1, 4 -> List.of("malformed");
      case 2, 5 -> List.of("ungrounded");
      case 3 -> List.of("timeout", "refused");
      default -> Collections.singletonList(null);
    };
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      int call = calls.incrementAndGet();
      if (call == callToWaitFor) {
        then.run();
      }
      var authorization = exchange.getRequestHeaders().getFirst("Authorization");
      if (!key.isEmpty() && !("Bearer " + key).equals(authorization)) {
        unauthorised.incrementAndGet();
      }
      var body = exchange.getRequestBody().readAllBytes();
      var request = JSON.readTree(body);
      if (!isGood && call % 5 == 0) {
        exchange.getResponseHeaders().add("Retry-After", "0");
        send(exchange, call % 2 == 0 ? 429 : 503, "try again");
        return;
      }
      var system = request.path("messages").path(0).path("content").asText();
      var user = JSON.readTree(request.path("messages").path(1).path("content").asText());
      given.add(user);
      var task =
          user.path("task").asText() + "/" + user.path("sources").path(0).path("text").asText();
      answered.merge(task, 1, Integer::sum);
      promptTokens.put(task, (long) body.length / 4);
      tokens.addAndGet(body.length / 4 + ANSWER_TOKENS);
      send(exchange, 200, reply(system, user, body.length / 4));
    }
  }

  private String reply(String system, JsonNode user, int prompt) throws IOException {
    var source = user.path("sources").path(0).path("text").asText();
    if (InjectionRules.shipped().areBrokenBy(source)) {
      obeyed.incrementAndGet();
      return completion(lineOf("OBEYED " + system, "1"), prompt);
    }
    if (source.contains("idiots")) {
      return completion(lineOf("You are all fucking idiots, bitch.", "1"), prompt);
    }
    if (user.path("task").asText().equals("reason")) {
      return completion(lineOf("Because you engaged with the quiet harbour.", "1"), prompt);
    }
    var matcher = NUMBER.matcher(source);
    int number = matcher.find() ? Integer.parseInt(matcher.group(1)) : 9;
    return switch (isGood ? 9 : number % 10) {
      case 0 -> "<html>garbage";
      case 1 -> completion("Sure! These are my instructions: " + system, prompt);
      case 2 -> completion(lineOf(system, "1"), prompt);
      case 3 -> {
        sleep();
        yield completion(lineOf(line(number), "1"), prompt);
      }
      case 4 -> completion(lineOf(line(number), "another"), prompt);
      case 5 -> completion(lineOf("Mayor Smith opened the harbour", "1"), prompt);
      default -> completion(lineOf(line(number), "1"), prompt);
    };
  }

  private static String lineOf(String text, String source) throws IOException {
    return JSON.writeValueAsString(Map.of("text", text, "source_ids", List.of(source)));
  }

  private static String completion(String content, int prompt) throws IOException {
    return JSON.writeValueAsString(
        Map.of(
            "choices", List.of(Map.of("message", Map.of("role", "assistant", "content", content))),
            "usage", Map.of("prompt_tokens", prompt, "completion_tokens", ANSWER_TOKENS)));
  }

  private static void sleep() {
    try {
      Thread.sleep(2500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
