package io.nightfeed.udfs.rapids;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.spark.SparkContext;

/**
 * Collects what the accelerator's plug-in logs in its explain-only mode: it explains every physical
 * plan that Spark makes, those behind RDDs, caches and writes too, so that no query can be
 * forgotten. Each differing plan of a job is kept once.
 */
final class PlannerLog extends AbstractAppender implements AutoCloseable {
  private static final String PLANNER = "com.nvidia.spark.rapids";
  private static final String OURS = "io.nightfeed.";
  private static final String DELTA = "org.apache.spark.sql.delta.";

  /** Delta plans the rows that it writes itself. */
  private static final String DELTA_WRITES = DELTA + "files.TransactionalWrite";

  private final Set<PlannedQuery> queries = new LinkedHashSet<>();
  private final Logger logger = (Logger) LogManager.getLogger(PLANNER);

  PlannerLog() {
    super("planner", null, null, true, Property.EMPTY_ARRAY);
    start();
    logger.addAppender(this);
    logger.setAdditive(false);
  }

  @Override
  public synchronized void append(LogEvent event) {
    var text = event.getMessage().getFormattedMessage();
    var job = SparkContext.getOrCreate().getLocalProperty("spark.jobGroup.id");
    var stack = Arrays.stream(Thread.currentThread().getStackTrace()).toList();
    if (job != null && text.contains(" <") && !isOfDelta(stack)) {
      queries.add(PlannedQuery.of(job, origin(stack), text));
    }
  }

  synchronized List<PlannedQuery> queries() {
    return new ArrayList<>(queries);
  }

  @Override
  public void close() {
    logger.removeAppender(this);
    stop();
  }

  /** Delta asks questions about its log, in Spark too. */
  private static boolean isOfDelta(List<StackTraceElement> stack) {
    for (var frame : stack) {
      var name = frame.getClassName();
      if (name.startsWith(DELTA_WRITES) || isOurs(name)) {
        return false;
      }
      if (name.startsWith(DELTA)) {
        return true;
      }
    }
    return false;
  }

  private static String origin(List<StackTraceElement> stack) {
    return stack.stream()
        .map(StackTraceElement::getClassName)
        .filter(PlannerLog::isOurs)
        .findFirst()
        .map(name -> name.substring(name.lastIndexOf('.') + 1).replaceAll("\\$.*", ""))
        .orElse("another thread");
  }

  private static boolean isOurs(String name) {
    return name.startsWith(OURS) && !name.startsWith(PlannerLog.class.getPackageName());
  }
}
