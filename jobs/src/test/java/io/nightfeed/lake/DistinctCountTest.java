package io.nightfeed.lake;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistinctCountTest {
  /** In one part or several, repeated within a partition, across partitions, or not at all. */
  @ParameterizedTest
  @CsvSource({
    "id, 1, 30000",
    "id, 900000, 30000",
    "id % 29999, 900000, 29999",
    "id div 2, 900000, 15000",
    "0, 900000, 1"
  })
  void repeatedHashes_countOnce(String key, long count, long distinct) {
    var hashes =
        SparkTest.spark()
            .range(0, 30_000, 1, 3)
            .select(expr("xxhash64(%s)".formatted(key)))
            .as(Encoders.LONG());

    var counted = DistinctCount.of(hashes, count).collectAsList();

    assertThat(counted.stream().mapToLong(Long::longValue).sum()).isEqualTo(distinct);
  }
}
