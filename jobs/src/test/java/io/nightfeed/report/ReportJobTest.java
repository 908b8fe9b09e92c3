package io.nightfeed.report;

import static io.nightfeed.report.ReportTables.NIGHT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.config.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportJobTest {
  private static final String HOSTILE = "<script>alert(1)</script></script><!-- 😀 & \"quoted\"";
  private static final String RIGHT_TO_LEFT = "שלום \u202Eevil עולם";

  @TempDir static Path lake;
  private static Document page;
  private static JsonNode charts;

  @BeforeAll
  static void report() throws IOException {
    new ReportTables(lake, NIGHT.minusDays(1))
        .ingest("events", 5, 0, 0, 0)
        .post("p1", "2025-06-10T08:00:00Z", "old version of p1")
        .comment("e1", "2025-06-10T09:00:00Z", "happy")
        .annotation("happy", "en", 0.5, 0, 0, 0, 1, 0, 0, 0)
        .evaluation("emotion_effect", 0.125)
        .publish();
    new ReportTables(lake, NIGHT)
        .ingest("events", 8, 2, 3, 1)
        .ingest("posts", 3, 0, 0, 0)
        .refused("a.jsonl", 0, "not_json", HOSTILE)
        .refused("a.jsonl", 90, "not_json", "second")
        .refused("b.jsonl", 0, "future_event_time", "third")
        .post("p1", "2025-06-10T08:00:00Z", HOSTILE)
        .post("p2", "2025-06-11T08:00:00Z", RIGHT_TO_LEFT)
        .post("p3", "2025-06-11T09:00:00Z", "nobody gets this")
        // The same event again, and a late one.
        .comment("e1", "2025-06-10T09:00:00Z", "happy")
        .comment("e2", "2025-06-10T10:00:00Z", "sad")
        .comment("e3", "2025-06-12T10:00:00Z", "sad")
        .annotation("sad", "zh", -0.1, 0, 0, 0, 0, 1, 0, 0)
        .annotation(HOSTILE, "en", 0, 0, 0, 0, 0, 0, 0, 1)
        .annotation(RIGHT_TO_LEFT, "he", 0, 0, 0, 0, 0, 0, 0, 1)
        .state("user-a", "2025-06-12", 40, 0.8)
        .state("user-b", "2025-06-06", 30, 0)
        .state("user-c", "2025-06-05", 20, 0)
        .state("user-d", "2025-06-12", 10, 0)
        .signal("user-a", "p1")
        .recommendation("user-a", 1, "p2", 0.5, 0.26, "Because of " + HOSTILE)
        .recommendation("user-a", 2, "p1", 0.2, 0.99, "second reason")
        .recommendation("user-b", 1, "p1", 0.1, 1.0, "third reason")
        .recommendation("new-user", 1, "p1", 0.3, 0.0, "fourth reason")
        .suggestion("e2", "a reply")
        .audit("negativity", "all", 40, 1.25)
        .audit("anger", "all", 40, 0.75)
        .audit("anger", "low_mood", 19, 0.5)
        .teaser("p1", HOSTILE, "generated", null, 0.25)
        .teaser("p2", "A post picked for you", "blocked", "toxic", 0)
        .blocked("p2", "toxic")
        .evaluation("emotion_effect", 0.25)
        .evaluation("unknown_figure", null)
        .runRecord("ingest", "ok", 12.5)
        .runRecord("train", "failed (exit code 1)", 30)
        .runRecord("report", "ok", 99)
        .publish();
    new ReportTables(lake, NIGHT.minusDays(1)).state("user-a", "2025-06-11", 3, 0.5).publish();
    // What a later night brings must not show.
    new ReportTables(lake, NIGHT.plusDays(1))
        .comment("e9", "2025-06-12T11:00:00Z", "happy")
        .post("p9", "2025-06-12T12:00:00Z", "from the future")
        .publish();
    var before = lake.resolve("reports/run_date=2025-06-11/index.html");
    Files.createDirectories(before.getParent());
    Files.writeString(before, "the night before");
    page = Jsoup.parse(ReportTables.report(lake, NIGHT));
    charts = new ObjectMapper().readTree(page.selectFirst("#chart-options").data());
  }

  @Test
  void sections_areAllThereAndLinked() {
    var ids = page.select("main > section").eachAttr("id");
    assertThat(ids)
        .containsExactly(
            "funnel",
            "ingest",
            "quarantine",
            "mood",
            "languages",
            "readings",
            "coverage",
            "scores",
            "amplification",
            "generated",
            "replies",
            "model",
            "drift",
            "stages",
            "examples",
            "tables");
    assertThat(page.select("nav a:not(.before)").eachAttr("href"))
        .containsExactlyElementsOf(ids.stream().map(id -> "#" + id).toList());
    assertThat(page.select(".nothing")).isEmpty();
  }

  @Test
  void generatedTexts_areCountedByOutcomeWithTheirCost() {
    assertThat(cells("generated", "teaser"))
        .containsExactly("teaser", "generated", "chat", "1", "50.0 %", "0", "0.2500");
    assertThat(cells("generated", "generate")).containsExactly("generate", "input", "toxic", "1");
    assertThat(page.select("#generated").text()).contains(HOSTILE);
    assertThat(cells("generated", "not read, 2 to 9 posts"))
        .containsExactly("not read, 2 to 9 posts", "2", "50.0 %", "0.0 %", "–", "–");
  }

  @Test
  void headline_saysWhatHappened() {
    assertThat(page.selectFirst("h1").text()).contains("2025-06-12");
    assertThat(tile("Users served")).isEqualTo("3");
    assertThat(tile("Posts known")).isEqualTo("3");
    assertThat(tile("Events in")).isEqualTo("13");
    assertThat(tile("Events out")).isEqualTo("8");
    assertThat(tile("Events quarantined")).isEqualTo("3");
    assertThat(tile("Model version")).isEqualTo("model-7");
  }

  @Test
  void funnel_countsEachStep() {
    assertThat(page.select(".funnel strong").eachText())
        .containsExactly("13", "8", "1", "4", "3", "4");
  }

  @Test
  void failedJob_raisesAnAlert() {
    assertThat(page.select("header .alert").text()).contains("train");
  }

  @Test
  void ingest_addsUp() {
    assertThat(cells("ingest", "events"))
        .containsExactly("events", "1", "13", "8", "2", "3", "0", "1", "yes");
    assertThat(values("lines-per-night", "kept")).containsExactly("5", "11");
  }

  @Test
  void amplification_tellsNothingOfFewReaders() {
    assertThat(cells("amplification", "negativity"))
        .containsExactly("negativity", "25.0 %", "20.0 %", "31.3 %", "1.250", "1.500", "40");
    assertThat(charts.at("/amplification/yAxis/data").toString())
        .isEqualTo("[\"anger\",\"negativity\"]");
    assertThat(values("amplification", "of candidates")).containsExactly("0.75", "1.25");
    assertThat(page.select("#amplification td").eachText())
        .contains("–", "untold")
        .doesNotContain("19");
  }

  @Test
  void quarantine_countsReasonsMostFrequentFirst() {
    assertThat(charts.at("/quarantine-reasons/yAxis/data").toString())
        .isEqualTo("[\"events: not_json\",\"events: future_event_time\"]");
    assertThat(values("quarantine-reasons", "lines")).containsExactly("2", "1");
  }

  @Test
  void mood_isAveragedPerDayOfWriting() {
    assertThat(charts.at("/valence/xAxis/data").toString())
        .isEqualTo("[\"2025-06-10\",\"2025-06-11\",\"2025-06-12\"]");
    assertThat(values("valence", "texts")).containsExactly("2", "0", "1");
    assertThat(values("valence", "valence")).containsExactly("0.2", "null", "-0.1");
    assertThat(values("emotions", "joy")).containsExactly("50.0", "null", "0.0");
    assertThat(values("emotions", "sadness")).containsExactly("50.0", "null", "100.0");
  }

  @Test
  void languages_areThoseDetectedInLatestVersions() {
    assertThat(cells("languages", "English"))
        .containsExactly("English", "1", "33.3 %", "1", "33.3 %");
    assertThat(cells("languages", "Chinese"))
        .containsExactly("Chinese", "0", "0.0 %", "2", "66.7 %");
    assertThat(cells("languages", "Hebrew")).containsExactly("Hebrew", "1", "33.3 %", "0", "0.0 %");
    assertThat(cells("languages", "no text"))
        .containsExactly("no text", "1", "33.3 %", "0", "0.0 %");
  }

  @Test
  void coverage_sharesOfActiveUsersAndFreshPosts() {
    assertThat(cells("coverage", "active users who get a list"))
        .containsExactly("active users who get a list", "2", "3", "66.7 %");
    assertThat(cells("coverage", "lists for users without a history"))
        .containsExactly("lists for users without a history", "1", "3", "33.3 %");
    assertThat(cells("coverage", "fresh posts that somebody gets"))
        .containsExactly("fresh posts that somebody gets", "2", "3", "66.7 %");
    // Exposures 0, 1, 3: 2·(1·0 + 2·1 + 3·3)/(3·4) − 4/3.
    assertThat(cells("coverage", "Gini coefficient of exposure").get(3)).isEqualTo("0.5000");
  }

  @Test
  void scores_arePercentilesByRank() {
    assertThat(cells("scores", "1")).containsExactly("1", "3", "0.1400", "0.3000", "0.4600");
    assertThat(values("score-by-rank", "median")).containsExactly("0.3", "0.2");
  }

  @Test
  void emotionShares_areBinned() {
    var known = values("share-histogram", "users with a history");
    assertThat(known.get(5)).isEqualTo("1");
    assertThat(known.get(19)).isEqualTo("2");
    assertThat(values("share-histogram", "new users").get(0)).isEqualTo("1");
    // (0.26 + 0.99 + 1 + 0) / 4
    assertThat(page.select("#scores .lead").text()).contains("56.3 %");
  }

  @Test
  void model_comparesWithTheNightBefore() {
    assertThat(cells("model", "emotion effect"))
        .containsExactly("emotion effect", "all", "0.2500", "0.1250");
    assertThat(cells("model", "unknown figure")).containsExactly("unknown figure", "all", "–", "–");
  }

  @Test
  void stages_slowestFirstWithoutTheReportItself() {
    assertThat(charts.at("/stage-times/yAxis/data").toString()).isEqualTo("[\"train\",\"ingest\"]");
    assertThat(values("stage-times", "seconds")).containsExactly("30.0", "12.5");
    assertThat(cells("stages", "train"))
        .contains("failed (exit code 1)", "hint: <b>read</b> this")
        .contains("7.5", "1,234", "5,678", "2.0", "1.0", "1.5");
  }

  @Test
  void cost_isThatOfAMillionActiveUsersWhereTheirNumberIsTold(@TempDir Path other)
      throws IOException {
    new ReportTables(other, NIGHT).runRecord("train", "ok", 900).runRecord("ingest", "ok", 900);
    var stages = StageFigures.read(ReportTables.night(other, NIGHT), "report");
    assertThat(stages.section(Optional.of(1000L), 0.5).lead())
        .startsWith("All jobs together took 1,800.0 s, 2 core-hours:")
        .contains("for a million active users 2,000,")
        .endsWith("1,000.");
    assertThat(stages.section(Optional.empty(), 0.5).lead()).endsWith("s, 2 core-hours.");
  }

  @Test
  void driftOfFewRows_isNotTold() {
    assertThat(cells("drift", "moods of users")).endsWith("–", "0.2500", "too few to tell");
    assertThat(page.select("header .alert").text()).doesNotContain("Drift");
  }

  @Test
  void examples_showListsWithReasons() {
    assertThat(page.select("#examples article h3 code").eachText())
        .containsExactly("user-a", "user-b");
    var list = page.select("#examples article").get(0);
    assertThat(list.select("h3 span").text())
        .contains("Hebrew", "40 events", "mostly joy", "+0.25", "80.0 %");
    assertThat(list.select(".why").eachText())
        .containsExactly("Because of " + HOSTILE, "second reason");
    assertThat(list.select(".shares").first().text())
        .contains("behaviour 74 %, emotion 26 %, score 0.5000");
    assertThat(list.select(".supporting q").first().text()).isEqualTo(HOSTILE);
  }

  @Test
  void hostileText_staysText() {
    assertThat(page.select("script")).hasSize(3);
    assertThat(page.select("script").eachAttr("type")).containsExactly("application/json");
    assertThat(page.select("main b, main script")).isEmpty();
    assertThat(page.select("#quarantine td").eachText()).contains(HOSTILE);
  }

  @Test
  void rightToLeftText_keepsItsLettersAndLosesItsOverride() {
    var post = page.select("#examples article").get(0).select(".post").first();
    assertThat(post.text()).isEqualTo("שלום evil עולם");
    assertThat(post.attr("dir")).isEqualTo("auto");
  }

  @Test
  void page_loadsNothing() {
    assertThat(page.select("[src], link, object, embed, iframe, img, base")).isEmpty();
    assertThat(page.select("a[href]").eachAttr("href"))
        .allMatch(link -> link.startsWith("#") || link.startsWith("../"));
    assertThat(page.selectFirst("style").data()).doesNotContain("url(", "@import");
    assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
        .contains("default-src 'none'");
  }

  @Test
  void everyChart_hasItsPlaceAndNamedAxes() {
    assertThat(page.select(".chart").eachAttr("id"))
        .containsExactlyElementsOf(names(charts).stream().map(id -> "chart-" + id).toList());
    for (var chart : charts) {
      assertThat(chart.at("/xAxis/name").asText() + chart.at("/yAxis/name").asText()).isNotBlank();
    }
  }

  @Test
  void ofFewPeople_nothingIsToldByGroup() {
    var few = new Night(ReportTables.lake(lake), NIGHT, SettingsLoader.load(List.of(), Map.of()));
    var mood = MoodFigures.read(few);
    assertThat(mood.days()).extracting(MoodFigures.Day::texts).containsExactly(null, 0L, null);
    for (var line : LanguageFigures.read(few, mood).section().tables().get(0).lines()) {
      assertThat(line.subList(1, line.size())).isSubsetOf("untold", "0", "0.0 %");
    }
    var audience = AudienceFigures.read(few);
    var scores = ScoreFigures.read(few);
    assertThat(scores.ranks()).isEmpty();
    assertThat(scores.shares()).isNotEmpty().noneMatch(ScoreFigures.ShareCount::isTold);
    assertThat(CoverageFigures.read(few, audience).section().tables().get(0).lines())
        .contains(List.of("active users who get a list", "untold", "untold", "untold"))
        .contains(List.of("lists for users without a history", "untold", "3", "untold"));
    assertThat(ReadingFigures.read(few).languages())
        .isNotEmpty()
        .noneMatch(ReadingFigures.LanguageTexts::isTold);
    var replies = ReplyFigures.read(few).section();
    assertThat(replies.lead()).contains("it concerns few people");
    assertThat(replies.tables().get(0).lines())
        .containsExactly(List.of("suggested", "post", "untold"));
    assertThat(replies.tables().get(1).lines())
        .containsExactly(List.of("retrieved", "", "untold", "untold", "untold", "untold"));
  }

  @Test
  void repliesOfALanguageModel_areToldWithTheirCost_andQuoteNobodyWhoOptedOut(@TempDir Path other) {
    var tables = new ReportTables(other, NIGHT);
    for (int i = 0; i < 50; i++) {
      var isWritten = i < 30;
      tables
          .comment("e" + i, "2025-06-12T10:00:00Z", "a question")
          .suggestion(
              "e" + i,
              "user-" + i,
              "a reply",
              isWritten ? "chat" : "retrieved",
              isWritten ? null : "timeout",
              isWritten ? 0.5 : 0);
    }
    tables.publish();
    var night = ReportTables.night(other, NIGHT);
    var replies = ReplyFigures.read(night);
    assertThat(replies.section().tables().get(1).lines())
        .containsExactly(
            List.of("generated", "", "30", "0", "3,300", "15"),
            List.of("fallback", "timeout", "20", "0", "2,200", "0"));
    assertThat(replies.examples()).isNotEmpty();
    new ReportTables(other, NIGHT.plusDays(1)).optOut("author", "personalisation").publish();
    assertThat(ReplyFigures.read(night).examples()).isEmpty();
  }

  @Test
  void linesOfFewWhoOptedOut_areNotAmongThoseIn(@TempDir Path other) {
    new ReportTables(other, NIGHT).optedOut("events", 8, 5, 19).publish();
    new ReportTables(other, NIGHT.minusDays(1)).optedOut("events", 8, 50, 20).publish();
    var settings = SettingsLoader.load(List.of(), Map.of());
    var nights = IngestFigures.read(new Night(ReportTables.lake(other), NIGHT, settings)).nights();
    assertThat(nights).extracting(IngestFigures.SourceCounts::linesIn).containsExactly(58L, 8L);
    assertThat(nights).extracting(IngestFigures.SourceCounts::optedOut).containsExactly(50L, null);
  }

  @Test
  void whoOptedOut_isNoExample(@TempDir Path other) {
    new ReportTables(other, NIGHT)
        .post("p1", "2025-06-10T08:00:00Z", "text")
        .recommendation("user-a", 1, "p1", 0.5, 0.2, "because")
        .recommendation("user-b", 1, "p1", 0.4, 0.2, "because")
        .publish();
    // A wish of a later night holds for a page that is made again.
    new ReportTables(other, NIGHT.plusDays(3)).optOut("user-a", "personalisation").publish();
    var lists = new UserLists(ReportTables.night(other, NIGHT));
    assertThat(lists.spread(5, 5)).extracting(UserList::userId).containsExactly("user-b");
    assertThat(lists.of("user-a", 5)).isEmpty();
  }

  @Test
  void rerun_writesTheSamePage() throws IOException {
    var file = lake.resolve("reports/run_date=" + NIGHT + "/index.html");
    var before = Files.readString(file);
    assertThat(ReportTables.report(lake, NIGHT)).isEqualTo(before);
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void emptyNight_saysNothingEverywhere(@TempDir Path empty) throws IOException {
    var nothing = Jsoup.parse(ReportTables.report(empty, NIGHT));
    assertThat(nothing.select("main > section:has(.nothing)")).hasSize(14);
    assertThat(nothing.select(".chart")).isEmpty();
    assertThat(nothing.select("header .alert").text())
        .contains("Nothing was ingested", "No recommendations");
  }

  @Test
  void damagedRunRecord_showsAsDamaged(@TempDir Path other) throws IOException {
    new ReportTables(other, NIGHT).runRecord("train", "ok", 1);
    Files.writeString(other.resolve("runs/run_date=" + NIGHT + "/train/run.json"), "{\"job\": ");
    var stages = StageFigures.read(ReportTables.night(other, NIGHT), "report");
    assertThat(stages.failed()).containsExactly("train");
    assertThat(stages.section(Optional.empty(), 0).tables().get(0).lines().get(0))
        .contains("train", "record cannot be read");
  }

  @Test
  void reportOfTheNightBefore_isLinked() {
    assertThat(page.select("nav a.before").attr("href"))
        .isEqualTo("../run_date=2025-06-11/index.html");
  }

  private static String tile(String name) {
    return page.select(".tiles div").stream()
        .filter(tile -> tile.select("dt").text().equals(name))
        .map(tile -> tile.select("strong").text())
        .findFirst()
        .orElseThrow();
  }

  /** The cells of the line of a section's tables that begins with a text. */
  private static List<String> cells(String section, String first) {
    return page.select("#" + section + " tbody tr").stream()
        .map(line -> line.select("td").stream().map(Element::text).toList())
        .filter(line -> line.get(0).equals(first))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> values(String chart, String series) {
    for (var one : charts.at("/" + chart + "/series")) {
      if (one.get("name").asText().equals(series)) {
        return elements(one.get("data"));
      }
    }
    throw new AssertionError(chart + " has no series " + series);
  }

  private static List<String> elements(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(element -> texts.add(element.toString()));
    return texts;
  }

  private static List<String> names(JsonNode object) {
    var names = new ArrayList<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
