package io.nightfeed.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.SparkTest;
import io.nightfeed.raw.Action;
import io.nightfeed.raw.RawEvent;
import io.nightfeed.raw.RawPost;
import io.nightfeed.run.JobFailure;
import io.nightfeed.sources.Dataset;
import io.nightfeed.sources.Dataset.PostVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtocolsTest {
  private static final Instant ORIGIN = Instant.parse("2012-12-01T00:00:00Z");

  @TempDir private Path folder;

  @BeforeAll
  static void spark() {
    SparkTest.spark();
  }

  @Test
  void movieLens_learnsFromTheOtherNineFolds_inTheOrderOfTime() throws IOException {
    Files.createDirectories(folder.resolve("folds"));
    for (int fold = 0; fold < 10; fold++) {
      // User 7 watches film 109 first and film 100 last; user 8 film 100 alone.
      var rows =
          "7,%d,1,%d\n".formatted(100 + fold, 1000 - fold) + (fold == 0 ? "8,100,1,5\n" : "");
      Files.writeString(folder.resolve("folds/test-%d.csv".formatted(fold)), rows);
    }
    Files.writeString(
        folder.resolve("movies.csv"),
        "movieId,title,genres\n"
            + IntStream.range(0, 10)
                .mapToObj(i -> "%d,A film,%s\n".formatted(100 + i, i < 5 ? "War" : "War|Comedy"))
                .collect(Collectors.joining()));

    var protocol = PublicProtocols.movieLens(folder);

    assertThat(protocol.splits()).isEqualTo(10);
    var first = protocol.split().apply(0);
    assertThat(first.test().byUser()).isDeepEqualTo(new int[][] {{0}, {0}});
    assertThat(first.train().byUser()[0]).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(first.train().byTime()[0]).containsExactly(9, 8, 7, 6, 5, 4, 3, 2, 1);
    assertThat(first.train().byUser()[1]).isEmpty();
    // War is everywhere and tells nothing; comedy is half of all.
    assertThat(protocol.items().content()[0]).containsExactly(0, -0.5f);
    assertThat(protocol.items().content()[9]).containsExactly(0, 0.5f);
  }

  @Test
  void validationPart_isOfTheTrainPartAlone() throws IOException {
    writeDeskdrop();
    var protocol = PublicProtocols.deskdrop(folder);
    var split = protocol.split().apply(0);
    for (int user = 0; user < split.train().users(); user++) {
      var validation = protocol.validation();
      var both =
          IntStream.concat(
              IntStream.of(validation.train().byUser()[user]),
              IntStream.of(validation.test().byUser()[user]));
      assertThat(both.sorted().toArray()).isEqualTo(split.train().byUser()[user]);
      assertThat(split.test().byUser()[user]).as("a fifth of ten").hasSize(2);
    }
  }

  @Test
  void deskdrop_countsUsersOfAtLeastFiveArticles() throws IOException {
    writeDeskdrop();
    var protocol = PublicProtocols.deskdrop(folder);
    assertThat(protocol.validation().train().users()).as("without the one of four").isEqualTo(3);
    assertThat(protocol.measure().names()).containsExactly("recall5", "recall10", "auc");
  }

  private void writeDeskdrop() throws IOException {
    var rows = new StringBuilder("timestamp,eventType,contentId,personId\n");
    for (int person = 0; person < 4; person++) {
      for (int article = 0; article < (person == 3 ? 4 : 10); article++) {
        rows.append("%d,VIEW,a%d,p%d\n".formatted(article, article, person));
        rows.append("%d,LIKE,a%d,p%d\n".formatted(article + 50, article, person));
      }
    }
    Files.writeString(folder.resolve("users_interactions.csv"), rows);
  }

  @Test
  void citeULike_readsWordsAndUsers() throws IOException {
    Files.createDirectories(folder.resolve("split-p10"));
    Files.writeString(folder.resolve("mult.dat"), "2 0:3 1:1\n1 0:1\n2 2:1 3:4\n1 3:2\n");
    Files.writeString(folder.resolve("split-p10/cf-train-10-users.dat"), "2 1 0\n1 2\n");
    Files.writeString(folder.resolve("split-p10/cf-test-10-users.dat"), "1 3\n0\n");

    var protocol = PublicProtocols.citeULike(folder);

    var split = protocol.split().apply(0);
    assertThat(split.train().byUser()).isDeepEqualTo(new int[][] {{0, 1}, {2}});
    assertThat(split.test().byUser()).isDeepEqualTo(new int[][] {{3}, {}});
    var content = protocol.items().content();
    assertThat(dot(content[2], content[3])).as("share a rare word").isGreaterThan(0.5);
    assertThat(Math.abs(dot(content[0], content[3]))).as("share none").isLessThan(1e-3);
  }

  @Test
  void numberOfAPaperThatIsNotThere_isSaidWithItsPlace() throws IOException {
    Files.createDirectories(folder.resolve("split-p10"));
    Files.writeString(folder.resolve("mult.dat"), "1 0:3\n1 1:1\n");
    Files.writeString(folder.resolve("split-p10/cf-train-10-users.dat"), "1 0\n1 7\n");
    assertThatThrownBy(() -> PublicProtocols.citeULike(folder))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("cf-train-10-users.dat, line 2")
        .hasMessageContaining("numbers below 2");
  }

  @Test
  void origins_knowNothingOfWhatComesAfter() {
    var data =
        new Dataset(
            List.of(
                event("a", "old", Duration.ofDays(-3)),
                event("a", "new", Duration.ofDays(2)),
                event("b", "old", Duration.ofDays(4)),
                event("b", "new", Duration.ofDays(40))),
            List.of(post("old", -5), post("new", 1), post("untouched", 3), post("later", 50)),
            List.of());

    var protocol = TimeSplits.weibo(data, posts -> new float[posts.size()][2]);

    // Posts by id: later, new, old, untouched.
    var split = protocol.split().apply(0);
    assertThat(split.train().byUser()).isDeepEqualTo(new int[][] {{2}, {}});
    assertThat(split.test().byUser()).isDeepEqualTo(new int[][] {{1}, {2}});
    assertThat(split.candidates()).containsExactly(1, 2, 3);
    assertThat(split.train().lastTime())
        .isEqualTo(ORIGIN.minus(Duration.ofDays(3)).getEpochSecond());
    assertThat(protocol.items().authors()).containsOnly("author");
  }

  private static RawEvent event(String user, String post, Duration after) {
    return RawEvent.of(user + post + after, ORIGIN.plus(after), user, post, Action.COMMENT);
  }

  private static PostVersion post(String id, int days) {
    var created = ORIGIN.plus(Duration.ofDays(days));
    return new PostVersion(
        created, new RawPost(id, "author", created, "text", "zh", List.of(), List.of()));
  }

  private static double dot(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
