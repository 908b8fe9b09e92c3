package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.SparkTest;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

class ExpectedRatesTest {
  private static final SparkSession SPARK = SparkTest.spark();
  private static final double PRIOR = 1;

  /** Two users and two posts, ten impressions each: 8 and 2 engagements, and 4 and 1. */
  private static TrainingData data() {
    var rows = new ArrayList<Row>();
    rows.add(post("popular"));
    rows.add(post("unpopular"));
    rows.add(interaction("busy", "popular", 8));
    rows.add(interaction("busy", "unpopular", 4));
    rows.add(interaction("idle", "popular", 2));
    rows.add(interaction("idle", "unpopular", 1));
    Dataset<Row> dataset = SPARK.createDataFrame(rows, SyntheticPlatform.SCHEMA);
    return TrainingData.of(
        dataset
            .where(col(USER_ID).isNull())
            .withColumn(AUTHOR_ID, lit(null).cast(DataTypes.StringType)),
        dataset.where(col(USER_ID).isNotNull()).withColumn(IS_HELD_OUT, lit(false)),
        parameters());
  }

  private static Row post(String id) {
    return RowFactory.create(null, id, null, null, null, null, null, new float[8]);
  }

  private static Row interaction(String user, String post, double engagement) {
    return RowFactory.create(user, post, engagement, 10.0, new float[8], null, null, null);
  }

  private static Hyperparameters parameters() {
    return new InterestModelEstimator()
        .setUserRegularization(PRIOR)
        .setPopularityRegularization(PRIOR)
        .setBlocks(2)
        .hyperparameters();
  }

  private static List<UserHistory> users(TrainingData data) {
    return data.users().collect().stream()
        .flatMap(List::stream)
        .sorted((a, b) -> a.userId().compareTo(b.userId()))
        .toList();
  }

  @Test
  void popularityAndActivity_areShrunkRatiosToWhatIsExpected() {
    var data = data();
    var rates = ExpectedRates.of(data, parameters());

    assertThat(rates.meanRate()).isCloseTo(15 / 40.0, within(1e-12));
    // 10 and 5 successes where 20 impressions of a mean post have 7.5.
    assertThat(rates.popularity()[0]).isCloseTo(11 / 8.5f, within(1e-6f));
    assertThat(rates.popularity()[1]).isCloseTo(6 / 8.5f, within(1e-6f));
    // 12 and 3 where 10 impressions of each of the two posts have 3.75 · (11 + 6)/8.5 = 7.5.
    assertThat(rates.activity(users(data).get(0))).isCloseTo(13 / 8.5, within(1e-6));
    assertThat(rates.activity(users(data).get(1))).isCloseTo(4 / 8.5, within(1e-6));
  }

  @Test
  void weight_isTheEngagementsExpectedOfARow() {
    var data = data();
    var rates = ExpectedRates.of(data, parameters());
    var busy = users(data).get(0);

    assertThat(rates.weight(busy, 0, 13 / 8.5))
        .isCloseTo(15 / 40.0 * (13 / 8.5) * (11 / 8.5) * 10, within(1e-6));
  }
}
