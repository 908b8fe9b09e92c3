package io.nightfeed.run;

import static io.nightfeed.tables.Columns.CORES;
import static io.nightfeed.tables.Columns.CPU_SECONDS;
import static io.nightfeed.tables.Columns.INPUT_BYTES;
import static io.nightfeed.tables.Columns.INPUT_ROWS;
import static io.nightfeed.tables.Columns.OUTPUT_BYTES;
import static io.nightfeed.tables.Columns.OUTPUT_ROWS;
import static io.nightfeed.tables.Columns.SHUFFLED_BYTES;
import static io.nightfeed.tables.Columns.SKEW;
import static io.nightfeed.tables.Columns.SPILLED_BYTES;
import static io.nightfeed.tables.Columns.TASKS;
import static io.nightfeed.tables.Columns.TASK_SECONDS;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * What the tasks of one run read, wrote and took. The run's Spark jobs are known by a local
 * property of the thread that starts them, so that runs side by side are told apart.
 */
final class TaskMeasures extends SparkListener implements AutoCloseable {
  private static final String RUN = "nightfeed.run";

  /** Spark tells its listeners within milliseconds. */
  private static final int SECONDS = 10;

  /**
   * Sums over all tasks, those that were tried again included.
   *
   * @param cores that the application had
   * @param taskSeconds wall time of tasks
   * @param cpuSeconds of it on a processor
   * @param inputRows rows read, from files or made up
   * @param outputRows rows written to files, those of logs included
   * @param shuffledBytes written for other tasks to read
   * @param spilledBytes written to disk since memory did not hold them
   * @param skew the longest task over the median one, in the stage where that cost most time; 1:
   *     none
   */
  record Totals(
      int cores,
      long tasks,
      double taskSeconds,
      double cpuSeconds,
      long inputRows,
      long inputBytes,
      long outputRows,
      long outputBytes,
      long shuffledBytes,
      long spilledBytes,
      double skew) {
    static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

    /** By the names of the columns of {@code ops.job_runs}. */
    Map<String, Number> byName() {
      var byName = new LinkedHashMap<String, Number>();
      byName.put(CORES, cores);
      byName.put(TASKS, tasks);
      byName.put(TASK_SECONDS, taskSeconds);
      byName.put(CPU_SECONDS, cpuSeconds);
      byName.put(INPUT_ROWS, inputRows);
      byName.put(INPUT_BYTES, inputBytes);
      byName.put(OUTPUT_ROWS, outputRows);
      byName.put(OUTPUT_BYTES, outputBytes);
      byName.put(SHUFFLED_BYTES, shuffledBytes);
      byName.put(SPILLED_BYTES, spilledBytes);
      byName.put(SKEW, skew);
      return byName;
    }
  }

  /** Comes after everything that was told before it. */
  private static final class Asked implements SparkListenerEvent {
    private final CountDownLatch heard = new CountDownLatch(1);

    @Override
    public boolean logEvent() {
      return false;
    }
  }

  private final SparkContext spark;
  private final String run = UUID.randomUUID().toString();
  private final Set<Integer> stages = new HashSet<>();
  private final Map<Integer, List<Long>> durations = new HashMap<>();
  private long cpuNanoseconds;
  private long inputRows;
  private long inputBytes;
  private long outputRows;
  private long outputBytes;
  private long shuffledBytes;
  private long spilledBytes;

  private TaskMeasures(SparkContext spark) {
    this.spark = spark;
  }

  /** Measures what this thread asks of Spark until it is closed. */
  static TaskMeasures start(SparkContext spark) {
    var measures = new TaskMeasures(spark);
    spark.addSparkListener(measures);
    spark.setLocalProperty(RUN, measures.run);
    return measures;
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart job) {
    if (run.equals(job.properties().getProperty(RUN))) {
      scala.collection.JavaConverters.seqAsJavaList(job.stageIds())
          .forEach(stage -> stages.add((Integer) stage));
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
    var measured = task.taskMetrics();
    // Nothing is known of a task whose executor was lost.
    if (!stages.contains(task.stageId()) || measured == null) {
      return;
    }
    durations
        .computeIfAbsent(task.stageId(), unknown -> new ArrayList<>())
        .add(measured.executorRunTime());
    cpuNanoseconds += measured.executorCpuTime();
    inputRows += measured.inputMetrics().recordsRead();
    inputBytes += measured.inputMetrics().bytesRead();
    outputRows += measured.outputMetrics().recordsWritten();
    outputBytes += measured.outputMetrics().bytesWritten();
    shuffledBytes += measured.shuffleWriteMetrics().bytesWritten();
    spilledBytes += measured.diskBytesSpilled();
  }

  @Override
  public void onOtherEvent(SparkListenerEvent event) {
    if (event instanceof Asked asked) {
      asked.heard.countDown();
    }
  }

  /** What was measured so far. */
  Totals totals() {
    var asked = new Asked();
    spark.listenerBus().post(asked);
    try {
      asked.heard.await(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while tasks were counted", e);
    }
    return sums();
  }

  private synchronized Totals sums() {
    long tasks = 0;
    long milliseconds = 0;
    for (var ofStage : durations.values()) {
      tasks += ofStage.size();
      milliseconds += ofStage.stream().mapToLong(Long::longValue).sum();
    }
    return new Totals(
        spark.defaultParallelism(),
        tasks,
        milliseconds / 1e3,
        cpuNanoseconds / 1e9,
        inputRows,
        inputBytes,
        outputRows,
        outputBytes,
        shuffledBytes,
        spilledBytes,
        skew());
  }

  private double skew() {
    long worst = 0;
    double skew = 1;
    for (var ofStage : durations.values()) {
      var median = ofStage.stream().sorted().toList().get((ofStage.size() - 1) / 2);
      long longest = Collections.max(ofStage);
      if (longest - median > worst) {
        worst = longest - median;
        skew = (double) longest / Math.max(1, median);
      }
    }
    return skew;
  }

  @Override
  public void close() {
    spark.setLocalProperty(RUN, null);
    spark.removeSparkListener(this);
  }
}
