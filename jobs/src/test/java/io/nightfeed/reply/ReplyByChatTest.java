package io.nightfeed.reply;

import static io.nightfeed.reply.OpenComments.NIGHT;
import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.generate.GullibleServer;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nights with a server that is slow, fails every fifth call, sends garbage, makes things up,
 * tells its own instructions, and does whatever is asked of it.
 */
class ReplyByChatTest {
  private static final int PLACES = 20;
  private static final String KEY = "sk-c0ffee5eed";
  private static final double MAX_COST = 5;
  private static final Set<String> REFUSED = Set.of("malformed", "toxic", "ungrounded");
  private static final String RUDE = "You are all fucking idiots, bitch.";
  private static final String MIXED = RUDE + " The harbour was quiet and we counted forty boats.";
  private static final String FIRST_SAID = "We walked along the water.";
  private static final String THEN_SAID = "It was cold there.";

  // Subjects
  private static final int THREAD = 26;
  private static final int TWINS = 27;
  private static final int ALONE = 28;
  private static final int RUDENESS = 29;
  private static final int OPENING = 30;
  private static final int INJECTED = 40;

  @TempDir static Path folder;
  private static GullibleServer server;
  private static OpenComments platform;
  private static List<String> injections;
  private static Map<String, Row> suggestions;
  private static Map<String, Row> nextNight;
  private static Map<String, Integer> answeredFirst;
  private static Map<String, Row> again;
  private static Map<String, Integer> answeredAgain;
  private static List<String> blockedFirst;
  private static List<String> blockedAgain;

  @BeforeAll
  static void reply() throws IOException {
    server = new GullibleServer(KEY);
    try (var stream =
        Files.lines(Path.of("src/test/resources/io/nightfeed/safety/injections.txt"))) {
      injections = stream.toList();
    }
    platform = new OpenComments(folder);
    for (int i = 0; i < PLACES; i++) {
      platform.post("post-" + i, i, text(i)).comment("ask-" + i, "under-" + i, i, question(i));
    }
    for (int i = 0; i < injections.size(); i++) {
      platform
          .post("injected-" + i, INJECTED + i, injections.get(i))
          .comment("of-injected-" + i, "beside-" + i, INJECTED + i, "Good morning, day " + i)
          .comment("injected-" + i, "aside-" + i, INJECTED + i, injections.get(i));
    }
    platform
        .post("walk", 350, FIRST_SAID)
        .comment("before", "walk", 351, THEN_SAID)
        .comment("injected", "walk", INJECTED, injections.get(0))
        .post("post-26", THREAD, text(26))
        .comment("in-thread", "walk", THREAD, "Where did you stay?")
        .post("twin-a", TWINS, text(27))
        .post("twin-b", TWINS, "A quiet harbour it is, place number 27, where boats sleep.")
        .comment("of-twins", "elsewhere", TWINS, "Where do boats sleep?")
        .comment("alone", "anywhere", ALONE, "Is anybody there?")
        .post("mixed", RUDENESS, MIXED)
        .comment("of-mixed", "nowhere", RUDENESS, "How many boats were there?")
        .comment("opening", "somewhere", OPENING, "When do you open?");
    platform.arrive();
    Files.writeString(
        Files.createDirectories(folder.resolve("templates")).resolve("en.jsonl"),
        """
        {"intent": "opening", "language": "en", "questions": ["When do you open?"], "answer": "We open at nine."}
        """);
    platform.reply(NIGHT, settings(), Map.of("NIGHTFEED_CHAT_KEY", KEY));
    suggestions = platform.suggestions(NIGHT);
    answeredFirst = new TreeMap<>(server.answered());
    blockedFirst = blocked();
    platform.reply(NIGHT, settings(), Map.of("NIGHTFEED_CHAT_KEY", KEY));
    again = platform.suggestions(NIGHT);
    answeredAgain = new TreeMap<>(server.answered());
    blockedAgain = blocked();
    platform.reply(NIGHT.plusDays(1), settings(), Map.of("NIGHTFEED_CHAT_KEY", KEY));
    nextNight = platform.suggestions(NIGHT.plusDays(1));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String text(int number) {
    return "We saw the quiet harbour at place number %d and stayed.".formatted(number);
  }

  private static String question(int number) {
    return "Where is %d exactly?".formatted(number);
  }

  private static Map<String, String> settings() {
    return Map.ofEntries(
        Map.entry("reply.writer", "chat"),
        Map.entry("reply.templates-folder", "\"" + folder.resolve("templates") + "\""),
        // Of a template's only question nothing but the wording counts.
        Map.entry("reply.min-template-similarity", "0.2"),
        Map.entry("chat.base-url", "\"" + server.url() + "\""),
        Map.entry("chat.timeout", "1500 ms"),
        Map.entry("chat.retries", "5"),
        Map.entry("chat.first-pause", "5 ms"),
        Map.entry("chat.longest-pause", "50 ms"),
        Map.entry("chat.calls-per-minute", "100000"),
        Map.entry("chat.max-cost", String.valueOf(MAX_COST)),
        Map.entry("chat.cost-per-million-prompt-tokens", "10"),
        Map.entry("chat.cost-per-million-answer-tokens", "30"));
  }

  private static List<String> told(Row row) {
    return java.util.Arrays.asList(
        row.<String>getAs(STATUS), row.<String>getAs(WRITER), row.<String>getAs(CAUSE));
  }

  private static List<String> list(Row row, String column) {
    return row.getList(row.fieldIndex(column));
  }

  @Test
  void everyComment_isAnsweredByChat_orByWhatWasRetrieved_withTheCause() {
    assertThat(suggestions).hasSize(PLACES + 2 * injections.size() + 7);
    for (int i = 0; i < PLACES; i++) {
      var row = suggestions.get("ask-" + i);
      var good = GullibleServer.isGood(i);
      assertThat(row.<String>getAs(STATUS)).as(row.json()).isEqualTo("suggested");
      assertThat(row.<String>getAs(WRITER)).as(row.json()).isEqualTo(good ? "chat" : "retrieved");
      assertThat(row.<String>getAs(REPLY)).isEqualTo(good ? GullibleServer.line(i) : text(i));
      assertThat(row.<String>getAs(CAUSE)).isIn(GullibleServer.causes(i));
      assertThat(row.<String>getAs(MODEL)).isEqualTo(good ? "default" : null);
      assertThat(list(row, SOURCE_IDS)).containsExactly("post-" + i);
      assertThat(list(row, SOURCE_USER_IDS)).containsExactly("author of post-" + i);
    }
    assertThat(platform.printed.toString())
        .containsPattern("replies.generated +10\n")
        .containsPattern("replies.fallback +14\n")
        .containsPattern("cost: 0\\.[0-9]+\n");
  }

  @Test
  void injectedInstructions_reachNoModelAndChangeNothing() {
    for (int i = 0; i < injections.size(); i++) {
      for (var id : List.of("injected-" + i, "of-injected-" + i)) {
        assertThat(told(suggestions.get(id)))
            .as(injections.get(i))
            .containsExactly("blocked", "retrieved", null);
      }
    }
    assertThat(server.obeyed()).isZero();
    for (var given : server.given()) {
      var texts = new ArrayList<>(List.of(given.path("comment").asText()));
      given.path("thread").forEach(turn -> texts.add(turn.asText()));
      given.path("sources").forEach(source -> texts.add(source.path("text").asText()));
      assertThat(String.join("\n", texts)).doesNotContain(injections);
    }
  }

  @Test
  void nothingSimilar_abstainsAndIsNotAsked() {
    for (var id : List.of("alone", "before")) {
      assertThat(told(suggestions.get(id))).containsExactly("abstained", "retrieved", null);
      assertThat(suggestions.get(id).<String>getAs(CONTENT_KEY)).isNull();
    }
    assertThat(server.given())
        .noneMatch(given -> given.path("comment").asText().equals("Is anybody there?"));
  }

  @Test
  void thread_isGivenInOrder_withoutWhatMayNotBeRead() {
    assertThat(told(suggestions.get("in-thread"))).containsExactly("suggested", "chat", null);
    assertThat(server.given())
        .filteredOn(given -> given.path("comment").asText().equals("Where did you stay?"))
        .isNotEmpty()
        .allSatisfy(
            given ->
                assertThat(given.path("thread"))
                    .extracting(turn -> turn.asText())
                    .containsExactly(FIRST_SAID, THEN_SAID));
    assertThat(
            platform
                .lake
                .slice(Silver.BLOCKED_TEXTS, NIGHT)
                .where(col(TEXT_HASH).equalTo(DigestUtils.sha256Hex(injections.get(0))))
                .select(PLACE, REASON)
                .distinct()
                .collectAsList())
        .extracting(Row::mkString)
        .containsExactly("inputinjection");
  }

  @Test
  void replyOfSeveralSources_citesThoseThatItNames() {
    var given =
        server.given().stream()
            .filter(one -> one.path("comment").asText().equals("Where do boats sleep?"))
            .findFirst()
            .orElseThrow();
    assertThat(given.path("sources"))
        .extracting(source -> source.path("id").asText())
        .containsExactly("1", "2");
    var row = suggestions.get("of-twins");
    assertThat(told(row)).containsExactly("suggested", "chat", null);
    var first = given.path("sources").path(0).path("text").asText();
    assertThat(list(row, SOURCE_IDS)).containsExactly(first.equals(text(27)) ? "twin-a" : "twin-b");
  }

  @Test
  void offensiveReply_isBlockedAndTheSourceServed() {
    assertThat(told(suggestions.get("of-mixed")))
        .containsExactly("suggested", "retrieved", "toxic");
    assertThat(suggestions.get("of-mixed").<String>getAs(REPLY)).isEqualTo(MIXED);
    assertThat(outputBlocked("How many boats were there?")).containsExactly("toxic");
  }

  @Test
  void madeUpReplies_leaveTheTemplateOrPost_andNoneOfTheirWords() {
    assertThat(told(suggestions.get("opening")))
        .containsExactly("suggested", "retrieved", "ungrounded");
    assertThat(suggestions.get("opening").<String>getAs(REPLY)).isEqualTo("We open at nine.");
    assertThat(list(suggestions.get("opening"), SOURCE_IDS)).containsExactly("opening");
    assertThat(outputBlocked(question(5))).containsExactly("ungrounded");
    assertThat(platform.lake.all(Gold.REPLY_SUGGESTIONS).toJSON().collectAsList())
        .noneMatch(row -> row.contains("Mayor") || row.contains("You write one short reply"));
  }

  private static List<String> outputBlocked(String comment) {
    var hash = DigestUtils.sha256Hex(comment);
    return platform
        .lake
        .slice(Silver.BLOCKED_TEXTS, NIGHT)
        .where(col(TEXT_HASH).equalTo(hash).and(col(PLACE).equalTo("output")))
        .collectAsList()
        .stream()
        .map(row -> row.<String>getAs(REASON))
        .toList();
  }

  @Test
  void cost_isWhatTheServerCounts() {
    double cost = suggestions.values().stream().mapToDouble(row -> row.<Double>getAs(COST)).sum();
    assertThat(cost).isPositive();
    assertThat(server.largestCostSum(answeredFirst)).isLessThanOrEqualTo(cost * 1.000001);
  }

  /** What was answered and refused, too. */
  @Test
  void sameNightAgain_paysForNothingThatWasAnswered_andBlocksTheSame() {
    var answered =
        suggestions.values().stream()
            .filter(row -> row.<Long>getAs(ANSWER_TOKENS) > 0)
            .filter(
                row ->
                    row.<String>getAs(WRITER).equals("chat")
                        || REFUSED.contains(row.<String>getAs(CAUSE)))
            .toList();
    assertThat(answered)
        .extracting(row -> row.<String>getAs(CAUSE))
        .contains(null, "toxic", "ungrounded", "malformed");
    for (var row : answered) {
      assertThat(again.get(row.<String>getAs(EVENT_ID))).isEqualTo(row);
    }
    for (int i = 0; i < PLACES; i++) {
      var row = suggestions.get("ask-" + i);
      if (row.<String>getAs(CAUSE) == null || REFUSED.contains(row.<String>getAs(CAUSE))) {
        var asked = "reply/" + text(i);
        assertThat(answeredAgain.get(asked)).as(row.json()).isEqualTo(answeredFirst.get(asked));
      }
    }
    assertThat(blockedAgain).isEqualTo(blockedFirst).isNotEmpty();
  }

  private static List<String> blocked() {
    return platform.lake.slice(Silver.BLOCKED_TEXTS, NIGHT).toJSON().collectAsList().stream()
        .sorted()
        .toList();
  }

  @Test
  void nextNight_asksForNothingThatWasHad() {
    for (int i = 0; i < PLACES; i++) {
      if (GullibleServer.isGood(i)) {
        assertThat(server.answered().get("reply/" + text(i))).isEqualTo(1);
        var row = nextNight.get("ask-" + i);
        assertThat(row.<Boolean>getAs(IS_REUSED)).isTrue();
        assertThat(row.<Double>getAs(COST)).isZero();
        assertThat(row.<String>getAs(REPLY)).isEqualTo(GullibleServer.line(i));
        assertThat(list(row, SOURCE_IDS)).containsExactly("post-" + i);
      }
    }
  }

  @Test
  void key_isSentAndNotPrinted() {
    assertThat(server.unauthorised()).isZero();
    assertThat(platform.printed.toString()).doesNotContain(KEY);
  }
}
