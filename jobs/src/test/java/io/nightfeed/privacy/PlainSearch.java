package io.nightfeed.privacy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/**
 * Looks for strings in files, and for nothing cleverer: every column of Parquet files, what gzip
 * files hold, and the bytes of all files, of hidden ones and checksums too.
 */
final class PlainSearch {
  private PlainSearch() {}

  /** Every file below a folder, in the order of their names. */
  static List<Path> all(Path folder) throws IOException {
    try (var tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /**
   * Files by the string that is in them, or in their names; strings that are in none are left out.
   */
  static Map<String, List<Path>> holding(Path folder, List<String> strings) throws IOException {
    var found = new TreeMap<String, List<Path>>();
    for (var file : all(folder)) {
      var content = file.getFileName() + "\n" + content(file);
      for (var string : strings) {
        if (content.contains(string)) {
          found.computeIfAbsent(string, none -> new ArrayList<>()).add(file);
        }
      }
    }
    return found;
  }

  private static String content(Path file) throws IOException {
    var bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    var name = file.getFileName().toString();
    if (name.endsWith(".parquet")) {
      return bytes + decoded(file);
    }
    if (name.endsWith(".gz")) {
      try (var in = new GZIPInputStream(Files.newInputStream(file))) {
        return bytes + new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
    return bytes;
  }

  private static String decoded(Path file) throws IOException {
    var path = new org.apache.hadoop.fs.Path(file.toUri());
    var decoded = new StringBuilder();
    try (var rows = ParquetReader.builder(new GroupReadSupport(), path).build()) {
      for (Group row = rows.read(); row != null; row = rows.read()) {
        decoded.append(row);
      }
    }
    return decoded.toString();
  }
}
