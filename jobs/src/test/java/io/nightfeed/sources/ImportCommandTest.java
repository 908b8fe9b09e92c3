package io.nightfeed.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.nightfeed.raw.RawFiles;
import io.nightfeed.raw.RawSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ImportCommandTest {
  private static final String INTERACTION =
      "{\"user_id\":\"%s\",\"post_id\":\"p1\",\"ts\":\"%s\",\"event\":\"%s\",\"text\":\"%s\"}";

  @TempDir Path from;
  @TempDir Path to;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void weibo_turnsWallTimeIntoInstantsAndRepostsIntoShares() throws IOException {
    weibo(
        INTERACTION.formatted("u1", "2013-03-01 07:59:59", "comment", "好"),
        INTERACTION.formatted("u2", "2013-03-01 08:00:00", "repost", ""));
    assertThat(importInto("weibo-threads")).isZero();
    var events = RawFiles.records(to, RawSource.EVENTS);
    assertThat(events.keySet())
        .containsExactly(LocalDate.parse("2013-02-28"), LocalDate.parse("2013-03-01"));
    assertThat(all(events.values()))
        .extracting(
            event -> event.path("event_time").asText(),
            event -> event.path("action").asText(),
            event -> event.path("text").asText(null),
            event -> event.path("language").asText(null))
        .containsExactly(
            tuple("2013-02-28T23:59:59Z", "comment", "好", "zh"),
            tuple("2013-03-01T00:00:00Z", "share", null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1372480809", "\"Sat Jun 29 12:40:09 +0800 2013\""})
  void weibo_readsBothFormsOfPostTimes(String time) throws IOException {
    weibo(INTERACTION.formatted("u1", "2013-07-01 09:00:00", "comment", "好"));
    Files.writeString(
        from.resolve("posts.jsonl"),
        "{\"post_id\":\"p1\",\"author_id\":\"u9\",\"text\":\"文\",\"time\":" + time + "}\n");
    importInto("weibo-threads");
    assertThat(all(RawFiles.records(to, RawSource.POSTS).values()))
        .extracting(post -> post.path("created_at").asText())
        .containsExactly("2013-06-29T04:40:09Z");
  }

  @Test
  void weibo_refusesAPostWithoutATime() throws IOException {
    weibo(INTERACTION.formatted("u1", "2013-07-01 09:00:00", "comment", "好"));
    Files.writeString(
        from.resolve("posts.jsonl"),
        "{\"post_id\":\"p1\",\"author_id\":\"u9\",\"text\":\"文\",\"time\":null}\n");
    assertThat(importInto("weibo-threads")).isEqualTo(1);
    assertThat(err.toString()).contains("posts.jsonl, line 1", "time is null");
  }

  @Test
  void weibo_givesExactRepeatsIdentifiersOfTheirOwn() throws IOException {
    var line = INTERACTION.formatted("u1", "2013-03-01 09:00:00", "comment", "好");
    weibo(line, line);
    importInto("weibo-threads");
    assertThat(all(RawFiles.records(to, RawSource.EVENTS).values()))
        .extracting(event -> event.path("event_id").asText())
        .hasSize(2)
        .doesNotHaveDuplicates();
  }

  @Test
  void importingAgain_writesTheSameBytes() throws IOException {
    weibo(
        INTERACTION.formatted("u1", "2013-03-01 09:00:00", "comment", "好"),
        INTERACTION.formatted("u2", "2013-03-01 09:00:00", "repost", ""));
    importInto("weibo-threads");
    var first = RawFiles.contents(to);
    assertThat(importInto("weibo-threads", "--replace")).isZero();
    assertThat(RawFiles.contents(to)).containsExactlyEntriesOf(first);
  }

  @Test
  void firstNight_landsHistoryOnItsEve() throws IOException {
    weibo(
        INTERACTION.formatted("u1", "2011-01-01 09:00:00", "comment", "好"),
        INTERACTION.formatted("u1", "2013-03-01 12:00:00", "comment", "好"),
        INTERACTION.formatted("u1", "2013-03-02 12:00:00", "comment", "好"));
    importInto("weibo-threads", "--first-night", "2013-03-01");
    assertThat(RawFiles.lines(to, RawSource.EVENTS).entrySet())
        .extracting(night -> entry(night.getKey().toString(), night.getValue().size()))
        .containsExactly(entry("2013-02-28", 1), entry("2013-03-01", 1), entry("2013-03-02", 1));
    assertThat(RawFiles.lines(to, RawSource.POSTS).keySet())
        .containsExactly(LocalDate.parse("2013-02-28"));
  }

  @Test
  void nights_landWhatHappenedSinceTheOneBefore() throws IOException {
    weibo(
        INTERACTION.formatted("u1", "2011-01-01 09:00:00", "comment", "好"),
        INTERACTION.formatted("u1", "2013-03-01 12:00:00", "comment", "好"),
        INTERACTION.formatted("u1", "2013-03-02 12:00:00", "comment", "好"),
        INTERACTION.formatted("u1", "2013-03-09 12:00:00", "comment", "好"));
    importInto("weibo-threads", "--nights", "2013-03-05,2013-03-01");
    assertThat(RawFiles.lines(to, RawSource.EVENTS).entrySet())
        .extracting(night -> entry(night.getKey().toString(), night.getValue().size()))
        .containsExactly(entry("2013-03-01", 2), entry("2013-03-05", 1));
    assertThat(out.toString()).contains("left out 1 events after the last night");
  }

  @Test
  void movielens_likesFromFourStarsAndShowsTagsOnceTheyWereGiven() throws IOException {
    Files.writeString(
        from.resolve("ratings.csv"),
        "userId,movieId,rating,timestamp\n1,10,4.0,86400\n2,10,3.5,90000\n");
    Files.writeString(
        from.resolve("movies.csv"),
        "movieId,title,genres\n10,\"Truth, The (1960)\",Drama|Comedy\n11,Unseen (1999),Drama\n");
    Files.writeString(
        from.resolve("tags.csv"),
        "userId,movieId,tag,timestamp\n2,10,slow,172800\n2,10,\"a \"\"gem\"\"\",172900\n");
    assertThat(importInto("movielens")).isZero();
    assertThat(all(RawFiles.records(to, RawSource.EVENTS).values()))
        .extracting(event -> event.path("action").asText())
        .containsExactly("like", "view");
    var posts = RawFiles.records(to, RawSource.POSTS);
    assertThat(posts.keySet())
        .containsExactly(LocalDate.parse("1970-01-02"), LocalDate.parse("1970-01-03"));
    assertThat(all(posts.values()))
        .extracting(post -> post.path("text").asText(), post -> post.path("created_at").asText())
        .containsExactly(
            tuple("Truth, The (1960). Drama, Comedy.", "1970-01-02T00:00:00Z"),
            tuple("Truth, The (1960). Drama, Comedy. slow, a \"gem\".", "1970-01-02T00:00:00Z"));
    assertThat(out.toString()).contains("1 films that nobody rated or tagged were left out");
  }

  @Test
  void deskdrop_mapsOpeningAnArticleToAClick() throws IOException {
    Files.writeString(
        from.resolve("users_interactions.csv"),
        "timestamp,eventType,contentId,personId,sessionId,userAgent,userRegion,userCountry\n"
            + "100,VIEW,-5,7,1,,,\n"
            + "200,BOOKMARK,-5,7,1,\"Mozilla/5.0 (X11, like Gecko)\",NY,US\n"
            + "300,COMMENT CREATED,-5,8,2,,,\n"
            + "400,FOLLOW,-6,8,2,,,\n"
            + "500,LIKE,-6,8,2,,,\n");
    assertThat(importInto("deskdrop")).isZero();
    assertThat(all(RawFiles.records(to, RawSource.EVENTS).values()))
        .extracting(event -> event.path("action").asText())
        .containsExactly("click", "like", "comment", "follow", "like");
    assertThat(all(RawFiles.records(to, RawSource.POSTS).values()))
        .extracting(post -> post.path("post_id").asText(), post -> post.path("created_at").asText())
        .containsExactly(tuple("-5", "1970-01-01T00:01:40Z"), tuple("-6", "1970-01-01T00:06:40Z"));
  }

  @Test
  void gzippedFiles_areRead() throws IOException {
    var line = INTERACTION.formatted("u1", "2013-03-01 09:00:00", "comment", "好");
    weibo(line);
    var plain = from.resolve("interactions.jsonl");
    try (var gzip =
        new GZIPOutputStream(Files.newOutputStream(from.resolve("interactions.jsonl.gz")))) {
      gzip.write(Files.readAllBytes(plain));
    }
    Files.delete(plain);
    assertThat(importInto("weibo-threads")).isZero();
    assertThat(all(RawFiles.records(to, RawSource.EVENTS).values())).hasSize(1);
  }

  @Test
  void summary_remindsOfTheLicence() throws IOException {
    weibo(INTERACTION.formatted("u1", "2013-03-01 09:00:00", "comment", "好"));
    importInto("weibo-threads");
    assertThat(out.toString())
        .contains("events   1 by 1 users", "posts    1", "2 nights", "licence", "Song et al. 2018");
  }

  @Test
  void missingFolder_saysWhatIsExpected() {
    assertThat(execute("weibo-threads", "--from", "/no/such/folder", "--to", to.toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("/no/such/folder", "interactions.jsonl");
  }

  @Test
  void missingFile_saysWhatIsExpected() throws IOException {
    Files.writeString(from.resolve("ratings.csv"), "userId,movieId,rating,timestamp\n");
    assertThat(importInto("movielens")).isEqualTo(2);
    assertThat(err.toString()).contains("tags.csv");
  }

  @Test
  void malformedLine_isNamedAndNothingIsWritten() throws IOException {
    weibo(
        INTERACTION.formatted("u1", "2013-03-01 09:00:00", "comment", "好"),
        INTERACTION.formatted("u1", "2013-03-01 09:00:00", "dislike", "好"));
    assertThat(importInto("weibo-threads")).isEqualTo(1);
    assertThat(err.toString()).contains("interactions.jsonl, line 2", "dislike");
    assertThat(RawFiles.contents(to)).isEmpty();
  }

  @Test
  void truncatedGzip_failsAndNothingIsWritten() throws IOException {
    weibo(INTERACTION.formatted("u1", "2013-03-01 09:00:00", "comment", "好"));
    Files.delete(from.resolve("interactions.jsonl"));
    Files.write(from.resolve("interactions.jsonl.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
    assertThat(importInto("weibo-threads")).isEqualTo(1);
    assertThat(err.toString()).contains("readable and complete");
    assertThat(RawFiles.contents(to)).isEmpty();
  }

  @Test
  void wrongHeader_isNamed() throws IOException {
    Files.writeString(from.resolve("users_interactions.csv"), "time,what\n1,VIEW\n");
    assertThat(importInto("deskdrop")).isEqualTo(1);
    assertThat(err.toString()).contains("line 1", "eventType");
  }

  @Test
  void unknownDataset_isAUsageError() {
    assertThat(importInto("netflix")).isEqualTo(2);
    assertThat(err.toString()).contains("netflix", "weibo-threads, movielens, deskdrop");
  }

  private void weibo(String... interactions) throws IOException {
    Files.writeString(from.resolve("interactions.jsonl"), String.join("\n", interactions) + "\n");
    Files.writeString(
        from.resolve("posts.jsonl"),
        "{\"post_id\":\"p1\",\"author_id\":\"u9\",\"text\":\"文\",\"time\":1293840000,\"pics\":1}\n");
  }

  private int importInto(String dataset, String... more) {
    var arguments =
        new ArrayList<>(List.of(dataset, "--from", from.toString(), "--to", to.toString()));
    arguments.addAll(List.of(more));
    return execute(arguments.toArray(String[]::new));
  }

  private int execute(String... arguments) {
    return new CommandLine(new ImportCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private static List<JsonNode> all(Iterable<List<JsonNode>> nights) {
    var records = new ArrayList<JsonNode>();
    nights.forEach(records::addAll);
    return records;
  }
}
