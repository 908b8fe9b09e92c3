package io.nightfeed.generate;

import static io.nightfeed.generate.RecommendedPosts.NIGHT;
import static io.nightfeed.tables.Columns.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are stopped, by somebody or by their budget, and run again. */
class GenerateResumedTest {
  private static final int POSTS = 30;
  private static final int BATCH = 10;

  @TempDir Path folder;
  private GullibleServer server;
  private RecommendedPosts platform;

  @BeforeEach
  void platform() throws IOException {
    server = new GullibleServer("");
    server.answerAllWell();
    platform = new RecommendedPosts(folder);
    var ids = new ArrayList<String>();
    for (int i = 0; i < POSTS; i++) {
      ids.add("post-" + i);
      platform.post("post-" + i, "en", 0.1f, "We saw the quiet harbour at place number " + i + ".");
    }
    platform.list("ann", null, ids.toArray(String[]::new));
    platform.arrive(NIGHT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Map<String, String> settings(String key, String value) {
    return new TreeMap<>(
        Map.of(
            "generate.writer",
            "chat",
            "chat.base-url",
            "\"" + server.url() + "\"",
            "chat.batch",
            String.valueOf(BATCH),
            "chat.parallel",
            "2",
            "chat.calls-per-minute",
            "100000",
            key,
            value));
  }

  @Test
  void runThatIsKilled_keepsItsBatchesAndPaysForNoneOfThemAgain() throws InterruptedException {
    var settings = settings("generate.top-picks", "0");
    var killed = new Thread(() -> platform.tryGenerate(NIGHT, settings, Map.of()));
    server.onCall(BATCH + 5, killed::interrupt);
    killed.start();
    killed.join();
    var kept =
        platform.teasers(NIGHT).values().stream()
            .filter(row -> row.<String>getAs(OUTCOME).equals("generated"))
            .map(row -> row.<String>getAs(POST_ID))
            .toList();
    assertThat(kept).hasSize(BATCH);
    assertThat(platform.teasers(NIGHT)).hasSize(POSTS);

    platform.generate(NIGHT, settings, Map.of());
    assertThat(platform.teasers(NIGHT).values())
        .hasSize(POSTS)
        .allMatch(row -> row.<String>getAs(OUTCOME).equals("generated"));
    for (var post : kept) {
      var text = "We saw the quiet harbour at place number " + post.substring(5) + ".";
      assertThat(server.answered().get("teaser/" + text)).isEqualTo(1);
    }
    int all = server.answered().values().stream().mapToInt(Integer::intValue).sum();
    assertThat(all).isBetween(POSTS, POSTS + BATCH);
    int before = server.calls();
    platform.generate(NIGHT, settings, Map.of());
    assertThat(server.calls()).isEqualTo(before);
  }

  @Test
  void budgetThatIsUsedUp_leavesTheOthersWithTheirSentences() {
    platform.generate(NIGHT, settings("chat.max-tokens", "6000"), Map.of());
    var rows = platform.teasers(NIGHT).values();
    assertThat(rows).hasSize(POSTS);
    assertThat(server.tokens()).isPositive().isLessThanOrEqualTo(6_000);
    assertThat(rows).anyMatch(row -> row.<String>getAs(OUTCOME).equals("generated"));
    assertThat(rows).anyMatch(row -> "budget".equals(row.<String>getAs(CAUSE)));
    for (var row : rows) {
      var isGenerated = row.<String>getAs(OUTCOME).equals("generated");
      assertThat(row.<String>getAs(WRITER)).isEqualTo(isGenerated ? "chat" : "extractive");
    }
    long told = rows.stream().mapToLong(row -> row.<Long>getAs(PROMPT_TOKENS)).sum();
    assertThat(told).isPositive().isLessThanOrEqualTo(6_000);
  }
}
