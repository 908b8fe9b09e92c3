package io.nightfeed.run;

import java.time.LocalDate;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Says in every line of the log which run wrote it, on the driver and on executors, whose tasks
 * Spark tells of properties that begin with {@code mdc.}.
 */
final class Logged implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Logged.class);

  private final SparkContext spark;
  private final Map<String, String> said;

  private Logged(SparkContext spark, Map<String, String> said) {
    this.spark = spark;
    this.said = said;
  }

  /** Until it is closed, what this thread does is that run's. */
  static Logged as(SparkContext spark, String job, LocalDate runDate, String runId) {
    var said = Map.of("mdc.job", job, "mdc.run_date", runDate.toString(), "mdc.run_id", runId);
    said.forEach(MDC::put);
    said.forEach(spark::setLocalProperty);
    LOG.info("{} {} began", job, runDate);
    return new Logged(spark, said);
  }

  /** How the run ended. */
  void end(RunRecord record) {
    LOG.info("{}", record.line());
  }

  @Override
  public void close() {
    said.keySet().forEach(MDC::remove);
    said.keySet().forEach(name -> spark.setLocalProperty(name, null));
  }
}
