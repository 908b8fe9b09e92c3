package io.nightfeed.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One version in a table's log, read back from the disk: a commit that was reported as done can
 * still be an empty file, and Delta reads a zero-byte last entry as one without rows.
 */
record CommittedVersion(Path location, long version) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What an entry adds to its table, and what it takes away. */
  private record Change(long added, long rows, long files, long bytes) {}

  /**
   * Requires that the entry adds so many files with so many rows, and that Delta's checksum of the
   * table differs from that of the version before by what the entry says.
   *
   * @throws IllegalStateException when it does not
   */
  void requireFiles(long files, long rows) {
    try {
      var change = change();
      if (change.added() != files || change.rows() != rows) {
        throw damaged(
            "its entry adds %,d files with %,d rows, and %,d files with %,d rows were published"
                .formatted(change.added(), change.rows(), files, rows));
      }
      var before = checksum(version - 1);
      var after = checksum(version);
      if (before.isPresent() && after.isPresent()) {
        require("numFiles", before.get(), after.get(), change.files());
        require("tableSizeBytes", before.get(), after.get(), change.bytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the log of " + location, e);
    }
  }

  private Change change() throws IOException {
    long added = 0;
    long rows = 0;
    long removed = 0;
    long bytes = 0;
    for (var line : Files.readAllLines(file(version, "json"))) {
      var action = JSON.readTree(line);
      if (action.has("add")) {
        var add = action.get("add");
        added++;
        rows += JSON.readTree(add.path("stats").asText("{}")).path("numRecords").asLong();
        bytes += add.path("size").asLong();
      } else if (action.has("remove")) {
        removed++;
        bytes -= action.get("remove").path("size").asLong();
      }
    }
    return new Change(added, rows, added - removed, bytes);
  }

  private void require(String figure, JsonNode before, JsonNode after, long change) {
    long expected = before.path(figure).asLong() + change;
    if (after.path(figure).asLong() != expected) {
      throw damaged(
          "%s is %,d in its checksum, and %,d by the version before and its entry"
              .formatted(figure, after.path(figure).asLong(), expected));
    }
  }

  /** Delta writes one beside every entry, as far as it can; none is no damage. */
  private Optional<JsonNode> checksum(long of) throws IOException {
    var file = file(of, "crc");
    return Files.exists(file) ? Optional.of(JSON.readTree(file.toFile())) : Optional.empty();
  }

  private Path file(long of, String extension) {
    return location.resolve("_delta_log").resolve("%020d.%s".formatted(of, extension));
  }

  private IllegalStateException damaged(String why) {
    return new IllegalStateException(
        "Version %d of %s was committed, but %s. Go back to the version before (RESTORE TABLE delta.`%s` TO VERSION AS OF %d), look after the disk, and run again."
            .formatted(version, location, why, location, version - 1));
  }
}
