package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.CONTENT_EMOTIONS;
import static io.nightfeed.tables.Columns.POST_ID;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.TestPlatform;
import io.nightfeed.tables.Actions;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class CandidatePostsTest {
  private static final LocalDate RUN_DATE = LocalDate.parse("2025-06-10");

  private final TestPlatform platform =
      new TestPlatform()
          .post("ancient", "zoe", "2020-01-01T00:00:00Z", null)
          .post("stale", "zoe", "2025-06-05T23:59:59Z", null)
          .post("oldest fresh", "zoe", "2025-06-06T00:00:00Z", null)
          .post("newest", "zoe", "2025-06-10T23:59:59Z", null)
          .post("future", "zoe", "2025-06-11T00:00:00Z", null);

  @Test
  void fresh_isTheLastDaysUpToTheEndOfTheRunDate() {
    assertThat(fresh(1)).containsExactly("newest", "oldest fresh");
  }

  @Test
  void tooFewFreshPosts_areFilledUpWithTheNewest() {
    assertThat(fresh(3)).containsExactly("newest", "oldest fresh", "stale");
    assertThat(fresh(100)).containsExactly("ancient", "newest", "oldest fresh", "stale");
  }

  @Test
  void unsafe_needsReportsOfDistinctUsers() {
    var events =
        new TestPlatform()
            .event("ann", "bad", Actions.REPORT, "2025-06-10T00:00:00Z")
            .event("bob", "bad", Actions.REPORT, "2025-06-10T00:00:00Z")
            .event("ann", "disputed", Actions.REPORT, "2025-06-10T00:00:00Z")
            .event("ann", "disputed", Actions.REPORT, "2025-06-10T00:00:01Z")
            .event("bob", "disputed", Actions.HIDE, "2025-06-10T00:00:01Z")
            .events();
    assertThat(ids(CandidatePosts.unsafe(events, 2))).containsExactly("bad");
  }

  @Test
  void collected_areInOrderOfPostIdAndKnownToTheModel() {
    var items =
        TestModel.rows(
                "post_id, vector, emotion_vector",
                TestModel.item("stale", 1, 2, 3, 4) + "," + TestModel.item("newest", 5, 6, 7, 8))
            .withColumn(
                CONTENT_EMOTIONS,
                when(col(POST_ID).equalTo("stale"), TestModel.floats(0, 0, 0, 0, 0, 0, 1, 0.5f))
                    .otherwise(TestModel.floats(1, 0, 0, 0, 0, 0, 0, -0.5f)));
    var blocks = PostBlocks.of(platform.posts(), items, RUN_DATE, 2);
    assertThat(blocks.postIds()).containsExactly("newest", "stale");
    assertThat(blocks.count()).isEqualTo(1);
    var collected = blocks.block(0);
    var candidates = collected.candidates();
    assertThat(candidates.size()).isEqualTo(2);
    assertThat(candidates.postId(0)).isEqualTo("newest");
    assertThat(candidates.vectors().values()).containsExactly(5, 6, 1, 1, 2, 1);
    assertThat(candidates.emotionVectors().values()).containsExactly(7, 8, 3, 4);
    assertThat(collected.facts().readings()[0]).containsExactly(1, 0, 0, 0, 0, 0, 0, -0.5f);
    assertThat(collected.facts().readings()[1]).containsExactly(0, 0, 0, 0, 0, 0, 1, 0.5f);
    assertThat(collected.facts().authors()).hasSize(2).doesNotContainNull();
    assertThat(collected.facts().ages()[0]).isBetween(0.0, 1.0);
    assertThat(collected.facts().ages()[1]).isGreaterThan(5);

    var two = PostBlocks.of(platform.posts(), items, RUN_DATE, 1);
    assertThat(two.count()).isEqualTo(2);
    assertThat(two.block(1).from()).isEqualTo(1);
    assertThat(two.block(1).candidates().postId(0)).isEqualTo("stale");
    assertThat(two.block(1).candidates().vectors().values()).containsExactly(1, 2, 1);
  }

  private List<String> fresh(int leastNumber) {
    return ids(CandidatePosts.fresh(platform.posts(), RUN_DATE, 5, leastNumber));
  }

  private static List<String> ids(Dataset<Row> posts) {
    return posts.select(POST_ID).collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }
}
