package io.nightfeed.generate;

import static io.nightfeed.generate.RecommendedPosts.NIGHT;
import static io.nightfeed.tables.Columns.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nights with a server that is slow, fails every fifth call, sends garbage, makes things up,
 * tells its own instructions, and does whatever posts ask of it.
 */
class GenerateByChatTest {
  private static final int POSTS = 20;
  private static final String KEY = "sk-c0ffee5eed";
  private static final String RUDE = "You are all fucking idiots, bitch.";
  private static final String CIVIL = "The harbour was quiet and we counted forty boats.";
  private static final double MAX_COST = 5;

  @TempDir static Path folder;
  private static GullibleServer server;
  private static RecommendedPosts platform;
  private static List<String> injections;
  private static Map<String, Row> teasers;
  private static Map<String, Integer> answeredFirst;

  @BeforeAll
  static void generate() throws IOException {
    server = new GullibleServer(KEY);
    try (var stream =
        Files.lines(Path.of("src/test/resources/io/nightfeed/safety/injections.txt"))) {
      injections = stream.toList();
    }
    platform = new RecommendedPosts(folder);
    var ids = new java.util.ArrayList<String>();
    for (int i = 0; i < POSTS; i++) {
      ids.add("post-" + i);
      platform.post("post-" + i, "en", 0.1f, text(i), "More was said.");
    }
    for (int i = 0; i < injections.size(); i++) {
      ids.add("injected-" + i);
      platform.post("injected-" + i, "en", 0.1f, "Good morning.", injections.get(i));
    }
    ids.add("mixed");
    platform.post("mixed", "en", "e5-small-v2-q", 0.1f, RUDE, CIVIL);
    platform.list("ann", "post-9", ids.toArray(String[]::new)).list("bob", "post-9", "post-9");
    platform.arrive(NIGHT);
    platform.generate(NIGHT, settings(), Map.of("NIGHTFEED_CHAT_KEY", KEY));
    teasers = platform.teasers(NIGHT);
    answeredFirst = new TreeMap<>(server.answered());
    platform.recommend(NIGHT.plusDays(1));
    platform.generate(NIGHT.plusDays(1), settings(), Map.of("NIGHTFEED_CHAT_KEY", KEY));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String text(int number) {
    return "We saw the quiet harbour at place number %d and stayed.".formatted(number);
  }

  static Map<String, String> settings() {
    return new TreeMap<>(
        Map.ofEntries(
            Map.entry("generate.writer", "chat"),
            Map.entry("generate.top-picks", "1"),
            Map.entry("chat.base-url", "\"" + server.url() + "\""),
            Map.entry("chat.timeout", "1500 ms"),
            Map.entry("chat.retries", "5"),
            Map.entry("chat.first-pause", "5 ms"),
            Map.entry("chat.longest-pause", "50 ms"),
            Map.entry("chat.calls-per-minute", "100000"),
            Map.entry("chat.max-cost", String.valueOf(MAX_COST)),
            Map.entry("chat.cost-per-million-prompt-tokens", "10"),
            Map.entry("chat.cost-per-million-answer-tokens", "30")));
  }

  @Test
  void everyRow_isGeneratedOrFallbackOrBlocked() {
    assertThat(teasers).hasSize(POSTS + injections.size() + 1);
    for (int i = 0; i < POSTS; i++) {
      var row = teasers.get("post-" + i);
      var good = GullibleServer.isGood(i);
      assertThat(row.<String>getAs(OUTCOME))
          .as(row.json())
          .isEqualTo(good ? "generated" : "fallback");
      assertThat(row.<String>getAs(WRITER)).isEqualTo(good ? "chat" : "extractive");
      assertThat(row.<String>getAs(GENERATED_TEXT))
          .isEqualTo(good ? GullibleServer.line(i) : text(i));
      assertThat(row.<String>getAs(CAUSE)).isIn(GullibleServer.causes(i));
    }
  }

  @Test
  void injectedInstructions_reachNoModelAndChangeNothing() {
    for (int i = 0; i < injections.size(); i++) {
      var row = teasers.get("injected-" + i);
      assertThat(row.<String>getAs(OUTCOME)).as(injections.get(i)).isEqualTo("blocked");
      assertThat(row.<String>getAs(GENERATED_TEXT)).isEqualTo("A post picked for you");
    }
    assertThat(server.obeyed()).isZero();
  }

  @Test
  void settingsAndInstructions_areInNoRow() {
    var rows = platform.lake.all(Gold.GENERATED_TEXTS).toJSON().collectAsList();
    assertThat(rows).noneMatch(row -> row.contains("You write one short line"));
    assertThat(rows).noneMatch(row -> row.contains("Mayor") || row.contains("OBEYED"));
  }

  @Test
  void offensiveAnswer_isBlockedAndAnotherSentenceServed() {
    assertThat(teasers.get("mixed").<String>getAs(GENERATED_TEXT)).isEqualTo(CIVIL);
    assertThat(teasers.get("mixed").<String>getAs(CAUSE)).isEqualTo("toxic");
    assertThat(platform.blocked(NIGHT)).contains("mixed/output/toxic");
  }

  @Test
  void madeUpAnswers_leaveRowsWithoutTheirWords() {
    assertThat(platform.blocked(NIGHT))
        .contains("post-2/output/ungrounded", "post-5/output/ungrounded");
    assertThat(platform.lake.all(Silver.BLOCKED_TEXTS).toJSON().collectAsList())
        .noneMatch(row -> row.contains("Mayor"));
  }

  @Test
  void reasonsThatSayTheSame_arePaidForOnce() {
    var reasons = platform.reasons(NIGHT);
    assertThat(reasons.keySet()).containsExactly("ann/post-0", "bob/post-9");
    for (var row : reasons.values()) {
      assertThat(row.<String>getAs(GENERATED_TEXT))
          .isEqualTo("Because you engaged with the quiet harbour.");
      assertThat(row.<String>getAs(OUTCOME)).isEqualTo("generated");
      assertThat(row.<String>getList(row.fieldIndex(SOURCE_IDS))).containsExactly("post-9");
    }
    assertThat(answeredFirst.get("reason/" + text(9) + " More was said.")).isEqualTo(1);
  }

  @Test
  void cost_isWhatTheServerCounts() {
    double first = 0;
    for (var row : platform.lake.slice(Gold.GENERATED_TEXTS, NIGHT).collectAsList()) {
      first += row.<Double>getAs(COST);
    }
    assertThat(first).isPositive();
    assertThat(server.largestCostSum(answeredFirst)).isLessThanOrEqualTo(first * 1.000001);
  }

  @Test
  void nextNight_asksForNothingThatWasHad() {
    for (int i = 0; i < POSTS; i++) {
      if (GullibleServer.isGood(i)) {
        assertThat(server.answered().get("teaser/" + text(i) + " More was said.")).isEqualTo(1);
        var row = platform.teasers(NIGHT.plusDays(1)).get("post-" + i);
        assertThat(row.<Boolean>getAs(IS_REUSED)).isTrue();
        assertThat(row.<Double>getAs(COST)).isZero();
        assertThat(row.<String>getAs(GENERATED_TEXT)).isEqualTo(GullibleServer.line(i));
      }
    }
  }

  @Test
  void key_isSentAndLeftNowhere() throws IOException {
    assertThat(server.unauthorised()).isZero();
    assertThat(platform.printed.toString()).contains("generate").doesNotContain(KEY);
    try (Stream<Path> files = Files.walk(folder)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(KEY);
      }
    }
  }
}
