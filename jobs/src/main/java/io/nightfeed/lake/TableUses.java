package io.nightfeed.lake;

import io.nightfeed.tables.TableSpec;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The tables that a run has read and written through its {@link Lake}, by name, each once. */
public final class TableUses {
  private final Map<String, Input> inputs = new TreeMap<>();
  private final Map<String, Output> outputs = new TreeMap<>();
  private final Map<String, Output> waiting = new TreeMap<>();

  /**
   * A table that was read.
   *
   * @param version Delta's, the last one in which rows were looked up
   */
  public record Input(TableSpec table, long version) {}

  /**
   * A slice that was published.
   *
   * @param version Delta's, the commit of the slice
   * @param rows of the slice
   */
  public record Output(TableSpec table, LocalDate slice, long version, long rows) {}

  /** What the run wrote itself did not come to it from elsewhere: audits read it again. */
  synchronized void read(TableSpec table, long version) {
    if (!outputs.containsKey(table.name()) && !waiting.containsKey(table.name())) {
      inputs.put(table.name(), new Input(table, version));
    }
  }

  synchronized void wrote(Output output, boolean isSeen) {
    (isSeen ? outputs : waiting).put(output.table().name(), output);
  }

  /** All that was written is seen by others now. */
  synchronized void showAll() {
    outputs.putAll(waiting);
    waiting.clear();
  }

  /** What was read, without what the run had written before. */
  public synchronized List<Input> inputs() {
    return List.copyOf(inputs.values());
  }

  /** What was written and is seen by others: of a run that failed, what tells why. */
  public synchronized List<Output> outputs() {
    return List.copyOf(outputs.values());
  }
}
