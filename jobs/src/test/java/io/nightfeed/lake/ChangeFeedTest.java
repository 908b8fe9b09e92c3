package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.RANK;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import io.delta.tables.DeltaTable;
import io.nightfeed.SparkTest;
import io.nightfeed.tables.Gold;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeFeedTest {
  private static final LocalDate MONDAY = LocalDate.of(2025, 6, 2);

  @TempDir private Path folder;
  private final SparkSession spark = SparkTest.spark();

  /**
   * As a key-value store would be kept up to date, which knows of the table only what the feed
   * tells.
   */
  @Test
  void consumerOfTheFeed_rebuildsTheTable() {
    var lake = new Lake(spark, folder);
    var store = new TreeMap<String, String>();
    long next = 0;
    for (int night = 0; night < 3; night++) {
      lake.publish(Gold.RECOMMENDATIONS_LATEST, MONDAY.plusDays(night), lists(night));
      // The second night is published twice: it was run again.
      if (night == 1) {
        lake.publish(Gold.RECOMMENDATIONS_LATEST, MONDAY.plusDays(night), lists(7));
      }
      next = consume(next, store);
      assertThat(store).isEqualTo(table(lake)).hasSize(6 - night);
    }
  }

  @Test
  void table_isReadByThoseWhoKnowNoFeed() {
    var lake = new Lake(spark, folder);
    lake.publish(Gold.RECOMMENDATIONS_LATEST, MONDAY, lists(0));
    var location = lake.location(Gold.RECOMMENDATIONS_LATEST).toString();
    var detail = DeltaTable.forPath(spark, location).detail().first();
    assertThat(detail.<Integer>getAs("minReaderVersion")).isEqualTo(1);
  }

  /** Takes out what went and puts in what came, commit by commit; the version to go on from. */
  private long consume(long from, TreeMap<String, String> store) {
    var location = folder.resolve(Gold.RECOMMENDATIONS_LATEST.path()).toString();
    var changes =
        spark
            .read()
            .format("delta")
            .option("readChangeFeed", "true")
            .option("startingVersion", from)
            .load(location)
            // "delete" goes before "insert".
            .orderBy(col("_commit_version"), col("_change_type"))
            .collectAsList();
    for (var change : changes) {
      if (change.getAs("_change_type").equals("delete")) {
        assertThat(store.remove(key(change))).isEqualTo(change.getAs(POST_ID));
      } else {
        assertThat(store.put(key(change), change.getAs(POST_ID))).isNull();
      }
    }
    return DeltaTable.forPath(spark, location).history(1).first().<Long>getAs("version") + 1;
  }

  private static TreeMap<String, String> table(Lake lake) {
    var rows = new TreeMap<String, String>();
    lake.all(Gold.RECOMMENDATIONS_LATEST)
        .collectAsList()
        .forEach(row -> rows.put(key(row), row.getAs(POST_ID)));
    return rows;
  }

  private static String key(Row row) {
    return row.<String>getAs(USER_ID) + "/" + row.<Integer>getAs(RANK);
  }

  /** Two users; every night the second has a place less, and other posts. */
  private Dataset<Row> lists(int night) {
    return spark.sql(
        """
        SELECT concat('u', u.id) AS user_id, int(k.id + 1) AS rank, concat('p', (k.id + u.id + %1$d) %% 9) AS post_id,
          1D / (k.id + 1) AS score, int(k.id + 1) AS rank_by_score, 0.5D AS behaviour_share, 0.5D AS emotion_share,
          array('p99') AS supporting_posts, false AS is_new_user, 'why' AS reason, 1D AS propensity,
          'model' AS model_version, 'run' AS run_id
        FROM range(2) u CROSS JOIN range(3) k WHERE u.id = 0 OR k.id < 3 - least(%1$d, 1 + int(%1$d = 2))"""
            .formatted(night));
  }
}
