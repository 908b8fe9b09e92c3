package io.nightfeed.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.nightfeed.raw.ExistingRecords;
import io.nightfeed.raw.RawFiles;
import io.nightfeed.raw.RawSource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationTest {
  private static final LocalDate FIRST_DAY = LocalDate.parse("2025-06-01");
  private static final LocalDate FIRST_NIGHT = LocalDate.parse("2025-06-04");
  private static final SimulationSettings SETTINGS =
      new SimulationSettings(300, 1000, 10, 7, 7, FIRST_DAY, FIRST_NIGHT, 1.0);

  @TempDir static Path raw;
  private static PlantedCounts planted;

  @BeforeAll
  static void simulate() throws IOException {
    planted = new Simulation(SETTINGS).writeTo(raw, ExistingRecords.KEEP).planted();
  }

  @Test
  void sameSettings_writeTheSameBytes(@TempDir Path again) throws IOException {
    new Simulation(SETTINGS).writeTo(again, ExistingRecords.KEEP);
    assertThat(RawFiles.contents(again)).containsExactlyEntriesOf(RawFiles.contents(raw));
  }

  @Test
  void anotherSeed_isAnotherPlatform(@TempDir Path other) throws IOException {
    var seed = new SimulationSettings(300, 1000, 10, 7, 8, FIRST_DAY, FIRST_NIGHT, 1.0);
    new Simulation(seed).writeTo(other, ExistingRecords.KEEP);
    assertThat(RawFiles.contents(other).get("truth/users.jsonl.gz"))
        .isNotEqualTo(RawFiles.contents(raw).get("truth/users.jsonl.gz"));
  }

  @Test
  void emotionEffect_changesNeitherUsersNorPostsNorImpressions(@TempDir Path zero)
      throws IOException {
    var effect = new SimulationSettings(300, 1000, 10, 7, 7, FIRST_DAY, FIRST_NIGHT, 0);
    new Simulation(effect).writeTo(zero, ExistingRecords.KEEP);
    for (var file : List.of("users", "moods", "posts")) {
      var name = "truth/" + file + ".jsonl.gz";
      assertThat(RawFiles.contents(zero).get(name)).isEqualTo(RawFiles.contents(raw).get(name));
    }
    assertThat(impressions(zero)).isEqualTo(impressions(raw));
  }

  @Test
  void landingFolders_areTheEveAndTheNights() throws IOException {
    var nights = FIRST_NIGHT.minusDays(1).datesUntil(FIRST_DAY.plusDays(10)).toList();
    assertThat(RawFiles.lines(raw, RawSource.EVENTS).keySet()).containsExactlyElementsOf(nights);
    assertThat(RawFiles.lines(raw, RawSource.POSTS).keySet()).containsExactlyElementsOf(nights);
  }

  @Test
  void plantedLines_areTheLinesWritten() throws IOException {
    RawFiles.lines(raw, RawSource.EVENTS)
        .forEach((night, lines) -> assertCount(night, Planted.EVENT_LINES, lines.size()));
    RawFiles.lines(raw, RawSource.POSTS)
        .forEach((night, lines) -> assertCount(night, Planted.POST_LINES, lines.size()));
  }

  @Test
  void plantedBroken_areTheLinesThatAStrictParserRefuses() throws IOException {
    RawFiles.lines(raw, RawSource.EVENTS)
        .forEach(
            (night, lines) ->
                assertCount(night, Planted.BROKEN_EVENTS, refused(RawSource.EVENTS, lines)));
    RawFiles.lines(raw, RawSource.POSTS)
        .forEach(
            (night, lines) ->
                assertCount(night, Planted.BROKEN_POSTS, refused(RawSource.POSTS, lines)));
    assertThat(planted.brokenEvents().keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(BrokenRecord.values()).map(BrokenRecord::label).toList());
    assertThat(planted.brokenEvents().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(planted.total(Planted.BROKEN_EVENTS));
  }

  @Test
  void plantedRepeats_areTheIdentifiersSeenAgain() throws IOException {
    var firstNights = new HashMap<String, LocalDate>();
    RawFiles.records(raw, RawSource.EVENTS)
        .forEach(
            (night, events) -> {
              long sameNight = 0;
              long earlierNight = 0;
              for (var event : events) {
                var first = firstNights.putIfAbsent(event.path("event_id").asText(), night);
                sameNight += night.equals(first) ? 1 : 0;
                earlierNight += first != null && first.isBefore(night) ? 1 : 0;
              }
              assertCount(night, Planted.REPEATS_OF_SAME_NIGHT, sameNight);
              assertCount(night, Planted.REPEATS_OF_EARLIER_NIGHT, earlierNight);
            });
    assertThat(planted.total(Planted.REPEATS_OF_EARLIER_NIGHT)).isPositive();
  }

  @Test
  void plantedLate_areTheEventsThatLandAfterTheirDate() throws IOException {
    var seen = new HashSet<String>();
    RawFiles.records(raw, RawSource.EVENTS)
        .forEach(
            (night, events) -> {
              long late = 0;
              for (var event : events) {
                var isFirst = seen.add(event.path("event_id").asText());
                var onEve = night.isBefore(FIRST_NIGHT);
                late += isFirst && !onEve && date(event, "event_time").isBefore(night) ? 1 : 0;
              }
              assertCount(night, Planted.LATE_EVENTS, late);
            });
    assertThat(planted.total(Planted.LATE_EVENTS)).isPositive();
  }

  @Test
  void noRecord_landsBeforeItHappened() throws IOException {
    RawFiles.records(raw, RawSource.EVENTS)
        .forEach(
            (night, events) ->
                assertThat(events)
                    .allSatisfy(
                        event -> assertThat(date(event, "event_time")).isBeforeOrEqualTo(night)));
    RawFiles.records(raw, RawSource.POSTS)
        .forEach(
            (night, posts) ->
                assertThat(posts)
                    .allSatisfy(
                        post -> assertThat(date(post, "created_at")).isBeforeOrEqualTo(night)));
  }

  @Test
  void noEvent_happensBeforeItsPostWasCreatedOrOnTheUsersOwn() throws IOException {
    var posts = new HashMap<String, JsonNode>();
    records(RawSource.POSTS).forEach(post -> posts.put(post.path("post_id").asText(), post));
    assertThat(posts).hasSize(1000);
    assertThat(records(RawSource.EVENTS))
        .allSatisfy(
            event -> {
              var post = posts.get(event.path("post_id").asText());
              var happened = Instant.parse(event.path("event_time").asText());
              assertThat(happened).isAfter(Instant.parse(post.path("created_at").asText()));
              assertThat(event.path("user_id")).isNotEqualTo(post.path("author_id"));
            });
  }

  @Test
  void posts_areNearlyAllDistinctAndBilingual() throws IOException {
    var posts = records(RawSource.POSTS);
    assertThat(posts.stream().map(post -> post.path("text").asText()).distinct().count())
        .isGreaterThan(990);
    var truth = Truth.load(raw);
    var chinese = truth.posts().stream().filter(post -> post.language().equals("zh")).count();
    assertThat(chinese / 1000.0).isBetween(0.25, 0.45);
  }

  @Test
  void texts_holdContactsAndMarkupToScrub() throws IOException {
    var texts = records(RawSource.POSTS).stream().map(post -> post.path("text").asText()).toList();
    assertThat(texts).anyMatch(text -> text.contains("@example.com"));
    assertThat(texts).anyMatch(text -> text.contains("555-01"));
    assertThat(texts).anyMatch(text -> text.contains("&amp;"));
    assertThat(texts).anyMatch(text -> text.contains("<b>"));
  }

  @Test
  void comments_comeFromASmallPool() throws IOException {
    var comments =
        records(RawSource.EVENTS).stream()
            .filter(event -> event.has("text"))
            .filter(event -> !event.path("text").asText().matches("(?s).*([@]|555-|010-).*"))
            .map(event -> event.path("text").asText())
            .toList();
    assertThat(comments.stream().distinct().count()).isLessThan(2 * 12 * 7 * 12L);
    assertThat(comments).hasSizeGreaterThan(500);
  }

  @Test
  void someUsers_arriveLate() throws IOException {
    var firstDates = new HashMap<String, LocalDate>();
    records(RawSource.EVENTS)
        .forEach(
            event ->
                firstDates.merge(
                    event.path("user_id").asText(),
                    date(event, "event_time"),
                    (known, other) -> other.isBefore(known) ? other : known));
    var late = firstDates.values().stream().filter(date -> date.isAfter(FIRST_DAY.plusDays(4)));
    assertThat(late.count()).isBetween(10L, 60L);
  }

  private static void assertCount(LocalDate night, Planted what, long found) {
    assertThat(planted.on(night, what)).as("%s on %s", what, night).isEqualTo(found);
  }

  private static long refused(RawSource source, List<byte[]> lines) {
    return lines.stream().filter(line -> RawFiles.record(source, line).isEmpty()).count();
  }

  private static List<JsonNode> records(RawSource source) throws IOException {
    return RawFiles.records(raw, source).values().stream().flatMap(List::stream).toList();
  }

  private static HashSet<String> impressions(Path platform) throws IOException {
    var impressions = new HashSet<String>();
    RawFiles.records(platform, RawSource.EVENTS)
        .values()
        .forEach(
            events ->
                events.stream()
                    .filter(event -> event.path("action").asText().equals("view"))
                    .forEach(
                        event ->
                            impressions.add(
                                event.path("session_id").asText()
                                    + event.path("position")
                                    + event.path("post_id")
                                    + event.path("propensity"))));
    return impressions;
  }

  private static LocalDate date(JsonNode record, String field) {
    return Instant.parse(record.path(field).asText()).atOffset(ZoneOffset.UTC).toLocalDate();
  }
}
