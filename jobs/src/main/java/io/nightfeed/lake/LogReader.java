package io.nightfeed.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.tables.Columns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads the files of a Delta log one by one, where Delta would give up on all of them. */
final class LogReader {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final SparkSession spark;

  LogReader(SparkSession spark) {
    this.spark = spark;
  }

  /** What an entry did; nothing where it is empty or does not end as it must. */
  Optional<List<JsonNode>> actions(Path entry) {
    try {
      var text = Files.readString(entry);
      if (!text.endsWith("}\n") && !text.endsWith("}")) {
        return Optional.empty();
      }
      var actions = new ArrayList<JsonNode>();
      for (var line : text.split("\n")) {
        actions.add(JSON.readTree(line));
      }
      return actions.stream().allMatch(JsonNode::isObject)
          ? Optional.of(actions)
          : Optional.empty();
    } catch (JsonProcessingException | CharacterCodingException torn) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + entry, e);
    }
  }

  /** A JSON object of one file, read as jobs read it; nothing where it is damaged. */
  Optional<JsonNode> object(Path file) {
    if (!agreesWithSidecar(file)) {
      return Optional.empty();
    }
    return actions(file).filter(lines -> lines.size() == 1).map(lines -> lines.get(0));
  }

  /** The data files that a checkpoint names; nothing where it cannot be read. */
  Optional<LiveFiles> liveFiles(List<Path> checkpoint) {
    try {
      var rows =
          spark
              .read()
              .parquet(checkpoint.stream().map(Path::toString).toArray(String[]::new))
              .selectExpr(
                  "add.path",
                  "add.size",
                  "add.partitionValues['" + Columns.RUN_DATE + "']",
                  "metaData is not null");
      var live = new LiveFiles();
      var hasMetadata = false;
      for (var row : (Row[]) rows.collect()) {
        hasMetadata |= row.getBoolean(3);
        if (!row.isNullAt(0)) {
          live.add(row);
        }
      }
      return hasMetadata ? Optional.of(live) : Optional.empty();
    } catch (Exception unreadable) {
      // Spark declares none of the many that a damaged file causes.
      return Optional.empty();
    }
  }

  /** Whether a file is what Hadoop's checksum file beside it says; also where there is none. */
  boolean agreesWithSidecar(Path file) {
    if (!Files.exists(LogFiles.sidecar(file))) {
      return true;
    }
    try (var read =
        FileSystem.getLocal(new Configuration())
            .open(new org.apache.hadoop.fs.Path(file.toUri()))) {
      read.readAllBytes();
      return true;
    } catch (ChecksumException differs) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
