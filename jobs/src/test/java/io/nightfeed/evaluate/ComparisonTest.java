package io.nightfeed.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Measure.FullRanking;
import io.nightfeed.evaluate.Protocol.Items;
import io.nightfeed.evaluate.Recommender.Setting;
import io.nightfeed.run.MeasuredFigures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Methods of fixed scores on a catalogue of six; of items 4 and 5 nobody met anything. */
class ComparisonTest {
  private static final String HOSTILE = "<script>alert('a rival')</script>";

  @TempDir private Path folder;
  private String printed;
  private JsonNode json;
  private Document page;

  @BeforeEach
  void run() throws Exception {
    var train = new Interactions(6, new int[][] {{0}, {0, 1, 2}, {3}});
    var test = new Interactions(6, new int[][] {{1}, {4}, {5}});
    var split = new Split(train, test);
    var protocol =
        new Protocol(
            "toy",
            "Toys & <b>words</b>.",
            1,
            number -> split,
            split,
            new FullRanking(List.of(1)),
            List.of("ndcg1"),
            1,
            new Items(
                new float[0][],
                new String[0],
                new long[0],
                new int[][] {{0}, {1}, {}, {}, {}, {}}));
    var out = new StringWriter();
    var figures = new MeasuredFigures(new PrintWriter(out), folder.resolve("toy.json"));
    new Comparison(protocol, 1, figures)
        .run(
            List.of(
                fixed(Comparison.OURS, 0, 9, 0, 0, 8, 7),
                fixed("without_toys", 0, 0, 9, 8, 0, 0).asForm(),
                fixed(HOSTILE, 0, 0, 0, 9, 7, 8),
                fixed("worst", 9, 0, 0, 8, 0, 0)),
            List.of());
    printed = out.toString();
    json = new ObjectMapper().readTree(folder.resolve("toy.json").toFile());
    page = Jsoup.parse(Files.readString(folder.resolve("toy.html")));
  }

  private static Recommender fixed(String name, double... scores) {
    return new Recommender(
        name,
        List.of(
            new Setting(
                "a setting of " + name,
                train -> (user, target) -> System.arraycopy(scores, 0, target, 0, target.length)),
            new Setting("worse", train -> (user, target) -> target[user == 2 ? 0 : 3] = 1)));
  }

  @Test
  void figures_areOfEachMethod_andDifferencesOfTheSameUsers() {
    // Item 1 is found for user 0; user 1 has met it, and 4 comes next; user 2 is shown 1, not 5.
    assertThat(json.get("eval.toy.ndcg1").asDouble()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(json.get("eval.toy.worst.ndcg1").asDouble()).isZero();
    assertThat(json.get("eval.toy.minus_worst.ndcg1").asDouble()).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(json.get("eval.toy.minus_worst.ndcg1.low").asDouble()).isNotNegative();
    assertThat(json.get("eval.toy.coverage").asDouble()).isCloseTo(2 / 6.0, within(1e-12));
  }

  @Test
  void segments_areOfHistoriesAndOfUnseenItems() {
    assertThat(json.get("eval.toy.segment.light.users").asInt()).isEqualTo(2);
    assertThat(json.get("eval.toy.segment.light.ndcg1").asDouble()).isEqualTo(0.5);
    assertThat(json.get("eval.toy.segment.medium.ndcg1").asDouble()).isEqualTo(1);
    assertThat(json.get("eval.toy.segment.warm.ndcg1").asDouble()).isEqualTo(1);
    // Of 4 and 5, 4 is first for everybody: right for user 1 alone.
    assertThat(json.get("eval.toy.segment.cold.ndcg1").asDouble()).isEqualTo(0.5);
    assertThat(json.has("eval.toy.segment.heavy.ndcg1")).as("nobody").isFalse();
    // For user 2 the best rival finds 5.
    var difference = "eval.toy.minus_" + HOSTILE + ".segment.";
    assertThat(json.get(difference + "light.ndcg1").asDouble()).isZero();
    assertThat(json.get(difference + "medium.ndcg1").asDouble()).isEqualTo(1);
  }

  /** Accuracy of every method; of the others that are no rivals' best, no more. */
  @Test
  void lines_tellWhatListsAreLikeOfTheBestAlone() {
    assertThat(printed)
        .contains("eval.toy.novelty=", "eval.toy." + HOSTILE + ".novelty=")
        .contains("eval.toy.worst.ndcg1=0")
        .doesNotContain("eval.toy.worst.novelty", "eval.toy.without_toys.auc", ".segment.");
    assertThat(json.has("eval.toy.worst.novelty")).isTrue();
    assertThat(printed.lines().reduce((one, last) -> last).orElseThrow()).contains("toy.html");
  }

  @Test
  void page_showsEveryMethodAndRunsNothing() {
    for (var name : List.of(Comparison.OURS, "without_toys", HOSTILE, "worst")) {
      assertThat(page.select("#accuracy td").eachText()).contains(name);
      assertThat(page.select("#accuracy svg text").eachText()).contains(name);
      assertThat(page.select("#settings td").eachText()).contains("a setting of " + name);
    }
    assertThat(page.select("script, img, link, b, iframe")).isEmpty();
    assertThat(page.select("[src], [href]:not([href^=\"#\"])")).isEmpty();
    assertThat(page.selectFirst("style").data()).doesNotContain("url(", "@import");
    assertThat(page.selectFirst(".lead").text()).isEqualTo("Toys & <b>words</b>.");
    // Ours is the best by the main figure and marked.
    assertThat(page.select("#accuracy tr:has(td:contains(interest_model)) td.marked")).isNotEmpty();
    assertThat(page.select("#differences svg, #beyond svg, #segments svg")).hasSizeGreaterThan(3);
  }
}
