package io.nightfeed.generate;

import static io.nightfeed.tables.Columns.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class GeneratedTextsTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 3);
  private static final StructType SCHEMA =
      StructType.fromDDL(
          """
          run_date date, content_key string, outcome string, generated_text string, writer string,
          model string, prompt_version int, prompt_tokens bigint, answer_tokens bigint, cost double,
          is_reused boolean""");

  @Test
  void freeTextOfAnEarlierNight_isReusedThoughThatNightWasRunLater() {
    assertThat(earlier(copied(NIGHT)).<Boolean>getAs(IS_REUSED)).isFalse();
    assertThat(earlier(copied(NIGHT), copied(NIGHT.minusDays(1))).<Boolean>getAs(IS_REUSED))
        .isTrue();
  }

  @Test
  void whatTheNightPaidFor_staysItsOwn() {
    var found = earlier(paid(NIGHT), paid(NIGHT.minusDays(1)));
    assertThat(found.<Boolean>getAs(IS_REUSED)).isFalse();
    assertThat(found.<Double>getAs(COST)).isEqualTo(0.5);
  }

  @Test
  void whatAnEarlierNightPaidFor_isFree() {
    var found = earlier(paid(NIGHT.minusDays(1)));
    assertThat(found.<Boolean>getAs(IS_REUSED)).isTrue();
    assertThat(found.<Double>getAs(COST)).isZero();
    assertThat(found.<Long>getAs(ANSWER_TOKENS)).isZero();
  }

  private static Row copied(LocalDate night) {
    return row(night, "extractive", 0, 0);
  }

  private static Row paid(LocalDate night) {
    return row(night, "chat", 10, 0.5);
  }

  private static Row row(LocalDate night, String writer, long tokens, double cost) {
    return RowFactory.create(
        Date.valueOf(night),
        "key",
        "generated",
        "A line.",
        writer,
        "model",
        1,
        tokens,
        tokens,
        cost,
        false);
  }

  private static Row earlier(Row... rows) {
    var generated = SparkTest.spark().createDataFrame(List.of(rows), SCHEMA);
    return GeneratedTexts.earlier(generated, NIGHT).collectAsList().get(0);
  }
}
