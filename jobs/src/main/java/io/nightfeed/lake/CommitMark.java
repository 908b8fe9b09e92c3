package io.nightfeed.lake;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What a commit says of itself, in Delta's own place for it ({@code userMetadata}): whose it is. A
 * commit that names a publication is seen when {@code ops.publish_log} names it, too.
 *
 * @param publication identifies all that one run publishes; null: seen at once
 * @param slice the run date whose rows the commit replaced; null: the whole table
 * @param hasReplaced whether there were rows to replace
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CommitMark(String publication, String slice, boolean hasReplaced) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Operations after which a table has the same rows. */
  private static final Set<String> REARRANGING =
      Set.of(
          "OPTIMIZE",
          "VACUUM START",
          "VACUUM END",
          "SET TBLPROPERTIES",
          "ADD CONSTRAINT",
          "DROP CONSTRAINT");

  /**
   * An entry of a log, by its first line.
   *
   * @param at when it was committed, milliseconds since 1970
   * @param mark nothing where another writer than {@link Lake} committed it
   */
  record Entry(boolean isRearranging, long at, Optional<CommitMark> mark) {
    static Entry read(Path file) {
      try (var lines = Files.newBufferedReader(file)) {
        var first = lines.readLine();
        var info = first == null ? null : JSON.readTree(first).path("commitInfo");
        return info == null || info.isMissingNode()
            ? new Entry(false, 0, Optional.empty())
            : new Entry(
                REARRANGING.contains(info.path("operation").asText()),
                info.path("timestamp").asLong(),
                mark(info.path("userMetadata")));
      } catch (JsonProcessingException | CharacterCodingException torn) {
        // Whoever reads the table's rows will say so.
        return new Entry(false, 0, Optional.empty());
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + file, e);
      }
    }

    private static Optional<CommitMark> mark(JsonNode metadata) {
      try {
        return metadata.isTextual()
            ? Optional.ofNullable(JSON.readValue(metadata.asText(), CommitMark.class))
            : Optional.empty();
      } catch (JsonProcessingException others) {
        // Anybody may write there.
        return Optional.empty();
      }
    }
  }

  /** As the commit carries it. */
  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write " + this, e);
    }
  }
}
