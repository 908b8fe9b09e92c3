package io.nightfeed.run;

import io.nightfeed.lake.Lake;
import io.openlineage.client.OpenLineageClientUtils;
import io.openlineage.client.transports.Transport;
import io.openlineage.client.transports.TransportConfig;
import io.openlineage.client.transports.TransportFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.JavaConverters;

/**
 * Tells OpenLineage of one run of a job: an event when it starts, and one when it ends, with the
 * tables that it read and wrote. Where and how events go is said by the Spark properties {@code
 * spark.openlineage.*} that OpenLineage's listener for Spark has; without {@code
 * spark.openlineage.transport.type} nothing is sent. The listener itself does not see what a lake
 * reads and writes: by versions and files of tables, and in two steps.
 *
 * <p>What cannot be sent is a warning; the run goes on.
 */
final class Lineage implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lineage.class);
  private static final String PREFIX = "spark.openlineage.";
  private static final String TRANSPORT = "transport.";

  /** Below these, names are those of other systems, and may have dots. */
  private static final Set<String> MAPS = Set.of("properties", "headers", "urlParams");

  private final Map<String, String> properties;
  private final RunRecord record;
  private final Lake lake;
  private LineageEvents events;
  private Transport transport;
  private boolean hasEnded;

  private Lineage(Map<String, String> properties, RunRecord record, Lake lake) {
    this.properties = properties;
    this.record = record;
    this.lake = lake;
  }

  /** Says that the run has begun. */
  static Lineage start(SparkSession spark, RunRecord record, Lake lake) {
    var isOn = spark.conf().getOption(PREFIX + TRANSPORT + "type").isDefined();
    var lineage = new Lineage(isOn ? properties(spark) : Map.of(), record, lake);
    if (isOn) {
      lineage.attempt(lineage::start);
    }
    return lineage;
  }

  private void start() {
    events = new LineageEvents(properties, record);
    transport = new TransportFactory(transport(properties)).build();
    transport.emit(events.start());
  }

  /** Says how the run has ended, by its record, and what its lake has read and written. */
  void end() {
    hasEnded = true;
    if (transport != null) {
      attempt(() -> transport.emit(events.end(lake)));
    }
  }

  /** A run that nothing was said about ended by an error that nobody handles. */
  @Override
  public void close() {
    if (transport != null) {
      if (!hasEnded) {
        attempt(() -> transport.emit(events.broken(lake)));
      }
      // Not by a client, which ends the threads of all clients of this process with its own.
      attempt(transport::close);
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  private void attempt(Step step) {
    try {
      step.run();
    } catch (Exception | LinkageError | ServiceConfigurationError failure) {
      LOG.warn(
          "OpenLineage was not told all of {} {}: {}. Look after the properties {}* and what they name; the run goes on.",
          record.job(),
          record.runDate(),
          failure.toString(),
          PREFIX);
      LOG.debug("OpenLineage", failure);
    }
  }

  /** By their names without the prefix. */
  private static Map<String, String> properties(SparkSession spark) {
    var properties = new HashMap<String, String>();
    JavaConverters.mapAsJavaMap(spark.conf().getAll())
        .forEach(
            (name, value) -> {
              if (name.startsWith(PREFIX)) {
                properties.put(name.substring(PREFIX.length()), value);
              }
            });
    return properties;
  }

  /** {@code transport.auth.type} is {@code {"auth": {"type": …}}} to the library. */
  static TransportConfig transport(Map<String, String> properties) {
    var tree = new HashMap<String, Object>();
    properties.forEach(
        (name, value) -> {
          if (name.startsWith(TRANSPORT)) {
            put(tree, name.substring(TRANSPORT.length()).split("\\."), value);
          }
        });
    return OpenLineageClientUtils.convertValue(tree, TransportConfig.class);
  }

  private static void put(Map<String, Object> tree, String[] path, String value) {
    var rest = Arrays.copyOfRange(path, 1, path.length);
    if (rest.length == 0) {
      tree.put(path[0], value);
    } else {
      @SuppressWarnings("unchecked")
      var below = (Map<String, Object>) tree.computeIfAbsent(path[0], name -> new HashMap<>());
      if (MAPS.contains(path[0])) {
        below.put(String.join(".", rest), value);
      } else {
        put(below, rest, value);
      }
    }
  }
}
