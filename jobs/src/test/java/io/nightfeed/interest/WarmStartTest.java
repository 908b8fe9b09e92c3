package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fits that start from an earlier model, on logs with impressions and without. */
class WarmStartTest {
  private static final SparkSession SPARK = SparkTest.spark();
  private static final SyntheticPlatform PLATFORM = new SyntheticPlatform(100, 80, 40, 4, 0, 6);
  private static final int MANY = 10;

  @TempDir Path folder;

  private static InterestModelEstimator estimator(int iterations) {
    return new InterestModelEstimator()
        .setRank(6)
        .setIterations(iterations)
        .setWarmIterations(1)
        .setUnobservedWeight(0.1)
        .setCalibrationRounds(2)
        .setBlocks(3);
  }

  private static Dataset<Row> logs(Dataset<Row> rows, boolean hasImpressions) {
    return hasImpressions ? rows : rows.where(col(USER_ID).isNull().or(col(ENGAGEMENT).gt(0)));
  }

  private static Dataset<Row> tonight(boolean hasImpressions) {
    return logs(PLATFORM.dataset(SPARK), hasImpressions);
  }

  /** What was known before some of the posts and people came. */
  private static InterestModel earlier(boolean hasImpressions) {
    var isNew = col(POST_ID).isin("post-3", "post-4").or(col(USER_ID).eqNullSafe("user-5"));
    return estimator(MANY).fit(tonight(hasImpressions).where(not(isNew)));
  }

  private static double[] tastes(InterestModel model) {
    var rows = tonight(true).where(col(USER_ID).isNotNull());
    return model.transform(rows).sort(USER_ID, POST_ID).select(BEHAVIOUR).collectAsList().stream()
        .mapToDouble(row -> Math.log(row.getDouble(0)))
        .toArray();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneAlternation_isNearerToManyThanFromNothing(boolean hasImpressions) {
    var rows = tonight(hasImpressions);
    var many = tastes(estimator(MANY).fit(rows));
    var warm = estimator(1).fit(rows, Optional.of(earlier(hasImpressions)));
    assertThat(warm.summary().isWarm()).isTrue();
    var likeness = new PearsonsCorrelation();
    double fromNothing = likeness.correlation(tastes(estimator(1).fit(rows)), many);
    assertThat(likeness.correlation(tastes(warm), many)).isGreaterThan(fromNothing + 0.02);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void orderPartitionsAndStorage_changeNothing(boolean hasImpressions) throws Exception {
    var earlier = earlier(hasImpressions);
    earlier.write().save(folder.resolve("earlier").toString());
    var stored = InterestModel.load(folder.resolve("earlier").toString());
    var once = logs(PLATFORM.dataset(SPARK, 1, 1), hasImpressions);
    var again = logs(PLATFORM.dataset(SPARK, 5, 2), hasImpressions);
    assertThat(estimator(MANY).fit(again, Optional.of(stored)).digest())
        .isEqualTo(estimator(MANY).fit(once, Optional.of(earlier)).digest());
  }

  @Test
  void anotherRank_isNoStart() {
    var other = estimator(1).setRank(5).fit(tonight(false));
    assertThatStartsCold(other);
  }

  @Test
  void logsOfTheOtherKind_areNoStart() {
    assertThatStartsCold(estimator(1).fit(tonight(true)));
  }

  private static void assertThatStartsCold(InterestModel earlier) {
    var found = estimator(2).fit(tonight(false), Optional.of(earlier));
    assertThat(found.summary().isWarm()).isFalse();
    assertThat(found.digest()).isEqualTo(estimator(2).fit(tonight(false)).digest());
  }
}
