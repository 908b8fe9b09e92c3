package io.nightfeed.chat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.failsafe.Failsafe;
import dev.failsafe.RateLimiter;
import dev.failsafe.RetryPolicy;
import io.nightfeed.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.commons.codec.digest.MurmurHash3;

/**
 * Asks questions, from any number of threads. Every try takes a permit of the rate and a share of
 * the budget; nothing that goes wrong with a call is thrown.
 */
public final class ChatClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Roles, brackets and what else a server's template puts around two messages, in tokens. */
  private static final int AROUND = 64;

  private static final String BUDGET = "budget";
  private static final String TIMEOUT = "timeout";
  private static final String UNREACHABLE = "unreachable";
  private static final String REFUSED = "refused";
  private static final String MALFORMED = "malformed";

  private final Settings.Chat settings;
  private final Optional<String> key;
  private final ChatBudget budget;
  private final RateLimiter<Object> rate;
  private final HttpClient http;

  /** Of one try. */
  private record Try(ChatAnswer answer, boolean mayHelpToRepeat, Duration pauseAsked) {
    private static Try failed(String failure, boolean mayHelpToRepeat, ChatSpending spent) {
      return new Try(new ChatAnswer(null, failure, spent), mayHelpToRepeat, Duration.ZERO);
    }
  }

  /**
   * @param key of the server; empty where it wants none
   */
  public ChatClient(Settings.Chat settings, Optional<String> key, ChatBudget budget) {
    this.settings = settings;
    this.key = key;
    this.budget = budget;
    rate = RateLimiter.smoothBuilder(settings.callsPerMinute(), Duration.ofMinutes(1)).build();
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.timeout())
            .build();
  }

  /**
   * Asks several at a time, and answers in their order.
   *
   * @throws IllegalStateException when the thread is told to stop
   */
  public List<ChatAnswer> askAll(List<ChatQuestion> questions) {
    var threads = Executors.newFixedThreadPool(settings.parallel());
    try {
      var calls =
          questions.stream()
              .map(one -> (Callable<ChatAnswer>) () -> ask(one.about(), one.system(), one.user()))
              .toList();
      var answers = new ArrayList<ChatAnswer>();
      for (var answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Asking was stopped", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Asking failed", e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * See {@link ChatQuestion}.
   *
   * @throws InterruptedException when the thread is told to stop
   */
  public ChatAnswer ask(String about, String system, String user) throws InterruptedException {
    var body = body(system, user);
    long promptTokens =
        AROUND
            + system.getBytes(StandardCharsets.UTF_8).length
            + user.getBytes(StandardCharsets.UTF_8).length;
    // No token is shorter than a byte.
    var most = new ChatSpending(promptTokens, settings.maxAnswerTokens());
    var retries =
        RetryPolicy.<Try>builder()
            .handleResultIf(Try::mayHelpToRepeat)
            .abortOn(InterruptedException.class)
            .withMaxRetries(settings.retries())
            .withDelayFn(
                context -> pause(about, context.getAttemptCount(), context.getLastResult()))
            .build();
    var spent = new ChatSpending[] {ChatSpending.NOTHING};
    try {
      var last =
          Failsafe.with(retries)
              .get(
                  () -> {
                    var one = attempt(body, most);
                    spent[0] = spent[0].plus(one.answer().spent());
                    return one;
                  });
      return new ChatAnswer(last.answer().content(), last.answer().failure(), spent[0]);
    } catch (dev.failsafe.FailsafeException e) {
      if (e.getCause() instanceof InterruptedException) {
        throw new InterruptedException("Asking was stopped");
      }
      throw e;
    }
  }

  /** Doubles from try to try, up to the longest, times 0.5 to 1.5; as long as a server asks for. */
  private Duration pause(String about, int tries, Try last) {
    var doubled =
        settings.firstPause().toMillis() * Math.pow(2, Math.min(30, Math.max(0, tries - 1)));
    var most = settings.longestPause().toMillis();
    var drawn =
        MurmurHash3.hash32x86((about + tries + settings.seed()).getBytes(StandardCharsets.UTF_8));
    var jitter = 0.5 + (drawn & 0x7FFFFFFF) / (double) Integer.MAX_VALUE;
    var own = Math.min(most, Math.min(most, doubled) * jitter);
    var asked = last == null ? 0 : Math.min(most, last.pauseAsked().toMillis());
    return Duration.ofMillis((long) Math.max(own, asked));
  }

  private byte[] body(String system, String user) {
    var body = new LinkedHashMap<String, Object>();
    body.put("model", settings.model());
    body.put(
        "messages",
        List.of(
            Map.of("role", "system", "content", system), Map.of("role", "user", "content", user)));
    body.put("temperature", 0);
    body.put("seed", settings.seed());
    body.put("max_tokens", settings.maxAnswerTokens());
    body.put("response_format", Map.of("type", "json_object"));
    try {
      return JSON.writeValueAsBytes(body);
    } catch (IOException e) {
      throw new UncheckedIOException("Maps, lists, texts and numbers are JSON", e);
    }
  }

  private Try attempt(byte[] body, ChatSpending most) throws InterruptedException {
    if (!budget.reserve(most)) {
      return Try.failed(BUDGET, false, ChatSpending.NOTHING);
    }
    // Whatever goes wrong counts in full, until the server has told otherwise.
    var spent = most;
    try {
      rate.acquirePermit();
      var response = send(body);
      int status = response.statusCode();
      if (status != 200) {
        spent = ChatSpending.NOTHING;
        boolean mayPass = status == 408 || status == 429 || status >= 500;
        return new Try(
            new ChatAnswer(null, REFUSED, ChatSpending.NOTHING), mayPass, pauseAsked(response));
      }
      var read = read(response.body(), most);
      spent = read.spent();
      return new Try(read, false, Duration.ZERO);
    } catch (TimeoutException e) {
      return Try.failed(TIMEOUT, true, spent);
    } catch (ExecutionException e) {
      boolean isTimeout = e.getCause() instanceof java.net.http.HttpTimeoutException;
      return Try.failed(isTimeout ? TIMEOUT : UNREACHABLE, true, spent);
    } finally {
      budget.settle(most, spent);
    }
  }

  private HttpResponse<byte[]> send(byte[] body)
      throws InterruptedException, ExecutionException, TimeoutException {
    var request =
        HttpRequest.newBuilder(
                URI.create(settings.baseUrl().replaceAll("/+$", "") + "/chat/completions"))
            .timeout(settings.timeout())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    var answer = http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    try {
      // The request's own timeout ends with the headers.
      return answer.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      answer.cancel(true);
    }
  }

  private static Duration pauseAsked(HttpResponse<byte[]> response) {
    var seconds = response.headers().firstValue("Retry-After").orElse("");
    return seconds.matches("[0-9]{1,5}")
        ? Duration.ofSeconds(Long.parseLong(seconds))
        : Duration.ZERO;
  }

  private static ChatAnswer read(byte[] body, ChatSpending most) {
    try {
      var root = JSON.readTree(body);
      var usage = root.path("usage");
      long prompt = usage.path("prompt_tokens").asLong(-1);
      long written = usage.path("completion_tokens").asLong(-1);
      var spent = prompt < 0 || written < 0 ? most : new ChatSpending(prompt, written);
      var content = root.path("choices").path(0).path("message").path("content");
      return content.isTextual()
          ? new ChatAnswer(content.asText(), null, spent)
          : new ChatAnswer(null, MALFORMED, spent);
    } catch (IOException e) {
      return new ChatAnswer(null, MALFORMED, most);
    }
  }
}
