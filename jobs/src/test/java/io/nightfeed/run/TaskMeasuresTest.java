package io.nightfeed.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskMeasuresTest {
  private final SparkSession spark = SparkTest.spark();

  @TempDir Path folder;

  @Test
  void rowsAndBytes_areThoseOfFiles() {
    var file = folder.resolve("rows").toString();
    TaskMeasures.Totals written;
    TaskMeasures.Totals read;
    try (var measures = TaskMeasures.start(spark.sparkContext())) {
      spark.range(0, 1000, 1, 2).write().parquet(file);
      written = measures.totals();
    }
    try (var measures = TaskMeasures.start(spark.sparkContext())) {
      assertThat(spark.read().parquet(file).where("id >= 0").collectAsList()).hasSize(1000);
      read = measures.totals();
    }
    assertThat(written.tasks()).isEqualTo(2);
    assertThat(written.outputRows()).isEqualTo(1000);
    assertThat(written.outputBytes()).isPositive();
    assertThat(written.cores()).isEqualTo(2);
    assertThat(read.inputRows()).isEqualTo(1000);
    assertThat(read.inputBytes()).isPositive();
    assertThat(read.outputRows()).isZero();
  }

  @Test
  void runsSideBySide_areToldApart() {
    var one = CompletableFuture.supplyAsync(() -> tasksOf(3));
    var other = CompletableFuture.supplyAsync(() -> tasksOf(7));
    assertThat(one.join()).isEqualTo(3);
    assertThat(other.join()).isEqualTo(7);
  }

  @Test
  void oneLongTask_isSkew() {
    try (var measures = TaskMeasures.start(spark.sparkContext())) {
      new JavaSparkContext(spark.sparkContext())
          .parallelize(List.of(1, 1, 1, 1, 600), 5)
          .foreach(milliseconds -> Thread.sleep(milliseconds));
      var totals = measures.totals();
      assertThat(totals.skew()).isGreaterThan(2);
      assertThat(totals.taskSeconds()).isGreaterThan(0.6);
    }
  }

  @Test
  void runWithoutTasks_hasNone() {
    try (var measures = TaskMeasures.start(spark.sparkContext())) {
      assertThat(measures.totals().tasks()).isZero();
      assertThat(measures.totals().skew()).isEqualTo(1);
    }
  }

  private long tasksOf(int partitions) {
    try (var measures = TaskMeasures.start(spark.sparkContext())) {
      new JavaSparkContext(spark.sparkContext()).parallelize(List.of(1, 2), partitions).count();
      return measures.totals().tasks();
    }
  }
}
