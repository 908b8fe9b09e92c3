package io.nightfeed.lake;

import com.fasterxml.jackson.databind.JsonNode;
import io.nightfeed.tables.Columns;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/**
 * The data files that make a version of a table: those that its entries added and did not remove.
 */
final class LiveFiles {
  /**
   * A data file as the log has it.
   *
   * @param size in bytes
   * @param night the run date of its rows
   */
  record DataFile(long size, String night) {}

  private final Map<String, DataFile> files = new TreeMap<>();

  /** Data files by their path below the table's folder. */
  Map<String, DataFile> files() {
    return files;
  }

  /** How many bytes they have, as the log has it. */
  long bytes() {
    return files.values().stream().mapToLong(DataFile::size).sum();
  }

  /** Does what an entry did. Removals first: Delta keeps a file that one entry removes and adds. */
  void apply(List<JsonNode> actions) {
    for (var action : actions) {
      if (action.has("remove")) {
        files.remove(path(action.get("remove").get("path").asText()));
      }
    }
    for (var action : actions) {
      if (action.has("add")) {
        var add = action.get("add");
        var night = add.path("partitionValues").path(Columns.RUN_DATE).asText();
        files.put(path(add.get("path").asText()), new DataFile(add.get("size").asLong(), night));
      }
    }
  }

  /** Adds a row of a checkpoint: path, size, run date. */
  void add(Row row) {
    files.put(path(row.getString(0)), new DataFile(row.getLong(1), row.getString(2)));
  }

  /** Paths are URIs, relative to the table. */
  private static String path(String uri) {
    return URI.create(uri).getPath();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LiveFiles live && live.files.equals(files);
  }

  @Override
  public int hashCode() {
    return files.hashCode();
  }
}
