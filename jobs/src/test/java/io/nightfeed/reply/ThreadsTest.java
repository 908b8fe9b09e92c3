package io.nightfeed.reply;

import static io.nightfeed.tables.Columns.ANSWER;
import static io.nightfeed.tables.Columns.CONTEXT;
import static io.nightfeed.tables.Columns.EVENT_ID;
import static io.nightfeed.tables.Columns.IS_ANSWERED;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.TestPlatform;
import io.nightfeed.tables.Actions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two threads; texts are their own hashes. */
class ThreadsTest {
  private static final Map<String, Row> TURNS = new HashMap<>();

  @BeforeAll
  static void order() {
    var platform =
        new TestPlatform()
            .post("p1", "zoe", "2025-06-01T12:00:00Z", "post")
            // Clocks differ: a comment may seem older than its post.
            .event("e0", "ann", "p1", Actions.COMMENT, "2025-06-01T11:00:00Z", "first")
            .event("e3", "cid", "p1", Actions.COMMENT, "2025-06-01T15:00:00Z", "same time, e3")
            .event("e2", "bob", "p1", Actions.COMMENT, "2025-06-01T15:00:00Z", "same time, e2")
            .event("e4", "zoe", "p1", Actions.COMMENT, "2025-06-01T16:00:00Z", "the author")
            .event("e5", "dan", "p1", Actions.COMMENT, "2025-06-01T17:00:00Z", "after it")
            .event("e6", "dan", "p1", Actions.LIKE, "2025-06-01T18:00:00Z", null)
            .event("e7", "dan", "p1", Actions.SHARE, "2025-06-01T18:00:00Z", "shared")
            .event("f1", "eve", "p2", Actions.COMMENT, "2025-06-01T17:00:00Z", "no post");
    Threads.inOrder(Threads.turns(platform.posts(), platform.events()), 3)
        .collectAsList()
        .forEach(row -> TURNS.put(row.getAs(EVENT_ID), row));
  }

  @Test
  void contexts_areReadInOrder_tiesById_thePostFirst() {
    assertThat(context(null)).containsExactly("post");
    assertThat(context("e0")).containsExactly("post", "first");
    assertThat(context("e2")).containsExactly("post", "first", "same time, e2");
    assertThat(context("e3")).containsExactly("first", "same time, e2", "same time, e3");
    assertThat(context("e5")).containsExactly("same time, e3", "the author", "after it");
    assertThat(context("f1")).containsExactly("no post");
  }

  @Test
  void onlyComments_areTurns() {
    assertThat(TURNS).containsOnlyKeys(null, "e0", "e2", "e3", "e4", "e5", "f1");
  }

  @Test
  void commentsBeforeOneOfTheAuthor_areAnswered() {
    assertThat(List.of("e0", "e2", "e3")).allMatch(ThreadsTest::isAnswered);
    assertThat(List.of("e5", "f1")).noneMatch(ThreadsTest::isAnswered);
  }

  @Test
  void theCommentRightBefore_isTheOneThatIsAnswered() {
    assertThat(TURNS.get("e3").<Row>getAs(ANSWER).getString(0)).isEqualTo("e4");
    assertThat(List.of("e0", "e2", "e4", "e5", "f1"))
        .allMatch(id -> TURNS.get(id).getAs(ANSWER) == null);
    assertThat(TURNS.get(null).<Row>getAs(ANSWER)).isNull();
  }

  private static boolean isAnswered(String id) {
    return TURNS.get(id).getAs(IS_ANSWERED);
  }

  private static List<String> context(String id) {
    var row = TURNS.get(id);
    return row.getList(row.fieldIndex(CONTEXT));
  }
}
