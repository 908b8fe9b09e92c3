package io.nightfeed.lake;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.util.ExecutionListenerManager;
import org.apache.spark.sql.util.QueryExecutionListener;

/**
 * Counts rows while a query writes them: a second look at all of them would cost a good part of the
 * writing. Only tasks that the query's result comes from count.
 */
final class ObservedRows implements QueryExecutionListener, AutoCloseable {
  /**
   * A Spark property: false where nothing is to be counted while it is written, for planners that
   * know no observation, such as that of RAPIDS. Files are asked instead.
   */
  static final String IS_ON = "spark.nightfeed.countWhileWriting";

  /** Spark tells its listeners within milliseconds; whoever does not hear asks the files. */
  private static final int SECONDS = 10;

  private final String name = "rows-" + UUID.randomUUID();
  private final ExecutionListenerManager listeners;
  private final boolean isOn;
  private final Dataset<Row> rows;
  private final CompletableFuture<Row> found = new CompletableFuture<>();

  /**
   * @param asked aggregates to longs, by name; one at least
   */
  ObservedRows(Dataset<Row> rows, Map<String, Column> asked) {
    isOn = Boolean.parseBoolean(rows.sparkSession().conf().get(IS_ON, "true"));
    this.rows = isOn ? observed(rows, asked) : rows;
    listeners = rows.sparkSession().listenerManager();
    listeners.register(this);
  }

  private Dataset<Row> observed(Dataset<Row> rows, Map<String, Column> asked) {
    var columns =
        asked.entrySet().stream()
            .map(entry -> entry.getValue().as(entry.getKey()))
            .toArray(Column[]::new);
    return rows.observe(name, columns[0], Arrays.copyOfRange(columns, 1, columns.length));
  }

  /** The same rows, for the query to write. */
  Dataset<Row> rows() {
    return rows;
  }

  @Override
  public void onSuccess(String function, QueryExecution query, long nanoseconds) {
    var metrics = query.observedMetrics().get(name);
    if (metrics.isDefined()) {
      found.complete(metrics.get());
    }
  }

  @Override
  public void onFailure(String function, QueryExecution query, Exception failure) {
    // Whoever wrote the rows knows.
  }

  /** What was counted, by name, after the query; nothing where Spark does not tell. */
  Optional<Map<String, Long>> found() {
    if (!isOn) {
      return Optional.empty();
    }
    try {
      var row = found.get(SECONDS, TimeUnit.SECONDS);
      var numbers = new HashMap<String, Long>();
      for (var column : row.schema().fieldNames()) {
        numbers.put(column, row.<Long>getAs(column));
      }
      return Optional.of(numbers);
    } catch (TimeoutException | ExecutionException untold) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while rows were counted", e);
    }
  }

  @Override
  public void close() {
    listeners.unregister(this);
  }
}
