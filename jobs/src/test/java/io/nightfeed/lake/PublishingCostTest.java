package io.nightfeed.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of a small slice, what a publish costs is the Spark jobs that it starts. */
class PublishingCostTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 10);

  @TempDir Path folder;

  @Test
  void smallSlice_isPublishedInFewSparkJobs() throws Exception {
    var limits = new Settings.Publish(7, 1, 100, 0.6, 1.7, 7);
    var lake = new Lake(SparkTest.spark(), folder, new PublishingRun("cost", limits, Set.of()));
    publish(lake, NIGHT.minusDays(1));
    var jobs = publish(lake, NIGHT);
    jobs.forEach((table, count) -> System.out.printf("publish.spark_jobs.%s=%d%n", table, count));
    assertThat(jobs.get(Silver.EVENTS)).isLessThanOrEqualTo(3);
    // One for each table that is looked in and small enough to be broadcast, beside.
    assertThat(jobs.get(Gold.RECOMMENDATIONS)).isLessThanOrEqualTo(10);
  }

  /** How many Spark jobs each table's publish started. */
  private static Map<TableSpec, Integer> publish(Lake lake, LocalDate night) throws Exception {
    var spark = SparkTest.spark().sparkContext();
    var jobs = new LinkedHashMap<TableSpec, Integer>();
    for (var table : new NightOfRows(night).tables().entrySet()) {
      var started = new AtomicInteger();
      var listener =
          new SparkListener() {
            @Override
            public void onJobStart(SparkListenerJobStart start) {
              started.incrementAndGet();
            }
          };
      spark.addSparkListener(listener);
      lake.publish(table.getKey(), night, table.getValue());
      spark.listenerBus().waitUntilEmpty();
      spark.removeSparkListener(listener);
      jobs.put(table.getKey(), started.get());
    }
    return jobs;
  }
}
