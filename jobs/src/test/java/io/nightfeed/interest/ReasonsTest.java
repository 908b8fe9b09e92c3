package io.nightfeed.interest;

import static io.nightfeed.tables.Columns.TEXT;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import java.util.Collections;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

class ReasonsTest {
  private static final Column NO_TEXT = lit(null).cast(DataTypes.StringType);

  @Test
  void supportedPost_isQuotedWithTheShares() {
    assertThat(reason(0.72, false, true, true, lit("Rain again in Oslo")))
        .isEqualTo(
            "Because you engaged with “Rain again in Oslo” (72% your interests, 28% your mood)");
  }

  @Test
  void supportingPostWithoutText_isNotQuoted() {
    assertThat(reason(0.5, false, true, true, NO_TEXT))
        .isEqualTo("Because of a post that you engaged with (50% your interests, 50% your mood)");
  }

  @Test
  void newUser_isToldNothingOfOwnInterests() {
    assertThat(reason(0.9, true, false, false, NO_TEXT))
        .isEqualTo(
            "New here: what readers in general engage with"
                + " (90% general interest, 10% its emotional appeal)");
  }

  @Test
  void withoutSupport_noPostIsNamed() {
    assertThat(reason(1, false, false, false, NO_TEXT))
        .isEqualTo(
            "Close to what you engage with in general"
                + " (100% your interests, 0% its emotional appeal)");
  }

  @Test
  void excerpt_isCutOnCodePoints() {
    assertThat(excerpt("😀".repeat(60))).isEqualTo("😀".repeat(60));
    assertThat(excerpt("😀".repeat(61))).isEqualTo("😀".repeat(59) + "…");
  }

  @Test
  void excerpt_isOneLineWithoutLooseSpaces() {
    assertThat(excerpt("  two\n lines\t here ")).isEqualTo("two lines here");
    assertThat(excerpt("a".repeat(58) + " bcd")).isEqualTo("a".repeat(58) + "…");
    assertThat(excerpt(" \n ")).isNull();
    assertThat(excerpt(null)).isNull();
  }

  private static String reason(
      double share, boolean isNew, boolean hasMood, boolean hasSupport, Column excerpt) {
    return SparkTest.spark()
        .range(1)
        .select(Reasons.reason(lit(share), lit(isNew), lit(hasMood), lit(hasSupport), excerpt))
        .first()
        .getString(0);
  }

  private static String excerpt(String text) {
    return SparkTest.spark()
        .createDataset(Collections.singletonList(text), Encoders.STRING())
        .toDF(TEXT)
        .select(Reasons.excerpt(col(TEXT)))
        .first()
        .getString(0);
  }
}
