package io.nightfeed.annotate;

import static io.nightfeed.tables.Columns.TEXT_HASH;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.tables.Columns;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class LabelsWantedTest {
  private static final StructType SCHEMA =
      new StructType()
          .add(TEXT_HASH, DataTypes.StringType)
          .add(Columns.LANGUAGE, DataTypes.StringType)
          .add(Columns.EMOTIONS, DataTypes.createArrayType(DataTypes.FloatType, false))
          .add(Columns.MODEL_DIGEST, DataTypes.StringType);

  private static Row annotation(String hash, String language, Float... emotions) {
    return RowFactory.create(
        hash, language, emotions.length == 0 ? null : List.of(emotions), "digest");
  }

  @Test
  void leastSureTexts_areWantedEquallyFromEachLanguage() {
    var annotations =
        SparkTest.spark()
            .createDataFrame(
                List.of(
                    annotation("sure", "en", 0.9f, 0.05f, 0.05f),
                    annotation("tied", "en", 0.4f, 0.2f, 0.4f),
                    annotation("unsure", "en", 0.5f, 0.1f, 0.4f),
                    annotation("also tied", "en", 0.1f, 0.45f, 0.45f),
                    annotation("chinese", "zh", 0.8f, 0.1f, 0.1f),
                    annotation("not read", "fr")),
                SCHEMA);
    var wanted = LabelsWanted.choose(annotations, 2).orderBy("language", "rank").collectAsList();
    assertThat(wanted)
        .extracting(row -> row.getString(0) + " " + row.getInt(2))
        // Ties go by the hash.
        .containsExactly("also tied 1", "tied 2", "chinese 1");
    assertThat(wanted.get(2).getDouble(3))
        .isCloseTo(0.3, org.assertj.core.api.Assertions.within(1e-6));
  }
}
