package io.nightfeed.privacy;

import static io.nightfeed.tables.Columns.AUTHOR_ID;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.USER_ID;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Lines of landing files that are somebody's, and the same files without them. */
final class RawErasure implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GZIP = ".gz";

  private final HashSet<String> ids;
  private final HashSet<String> posts;
  private final Markers markers;

  RawErasure(Set<String> ids, Set<String> posts) {
    this.ids = new HashSet<>(ids);
    this.posts = new HashSet<>(posts);
    var all = new HashSet<>(ids);
    all.addAll(posts);
    markers = new Markers(all);
  }

  /** Landing files, but for those below another folder, in the order of their names. */
  static List<Path> files(Path raw, Path except) {
    if (!Files.isDirectory(raw)) {
      return List.of();
    }
    try (var tree = Files.walk(raw)) {
      return tree.filter(Files::isRegularFile)
          .filter(file -> file.toString().matches(".*\\.jsonl(\\.gz)?"))
          .filter(file -> !file.toAbsolutePath().startsWith(except) || raw.startsWith(except))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + raw, e);
    }
  }

  /** The posts that landing files say they wrote: some may not have been ingested yet. */
  Set<String> postsIn(SparkSession spark, List<Path> files) {
    var found = new TreeSet<String>();
    if (!files.isEmpty()) {
      found.addAll(
          parallel(spark, files)
              .flatMap(file -> postsIn(Path.of(file)).iterator())
              .distinct()
              .collect());
    }
    return found;
  }

  /** How many lines would go or change. */
  long count(SparkSession spark, List<Path> files) {
    return files.isEmpty()
        ? 0
        : parallel(spark, files).map(file -> copy(Path.of(file), null)).reduce(Long::sum);
  }

  /**
   * Rewrites the files that hold lines of theirs.
   *
   * @return how many lines went or changed
   */
  long rewrite(SparkSession spark, List<Path> files) {
    return files.isEmpty()
        ? 0
        : parallel(spark, files).map(file -> rewrite(Path.of(file))).reduce(Long::sum);
  }

  private static org.apache.spark.api.java.JavaRDD<String> parallel(
      SparkSession spark, List<Path> files) {
    var names = files.stream().map(Path::toString).toList();
    return new JavaSparkContext(spark.sparkContext()).parallelize(names, names.size());
  }

  /**
   * A line without what is theirs: null where it is theirs as a whole, the line itself where
   * nothing is. A line that is no record goes when it names one of them.
   */
  byte[] kept(byte[] line) {
    var isNaming = markers.areIn(line);
    var mayBeEscaped = new String(line, StandardCharsets.ISO_8859_1).contains("\\u");
    if (!isNaming && !mayBeEscaped) {
      return line;
    }
    var record = record(line);
    if (record == null) {
      return isNaming ? null : line;
    }
    var isTheirs =
        ids.contains(record.path(USER_ID).asText())
            || ids.contains(record.path(AUTHOR_ID).asText())
            || posts.contains(record.path(POST_ID).asText());
    return isTheirs ? null : isNaming ? markers.redact(line) : line;
  }

  private static JsonNode record(byte[] line) {
    try {
      var record = JSON.readTree(line);
      return record != null && record.isObject() ? record : null;
    } catch (JsonProcessingException noRecord) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("Memory cannot fail to be read", e);
    }
  }

  private Set<String> postsIn(Path file) throws IOException {
    var found = new TreeSet<String>();
    try (var in = open(file)) {
      for (var line = line(in); line != null; line = line(in)) {
        if (markers.areIn(line) || new String(line, StandardCharsets.ISO_8859_1).contains("\\u")) {
          var record = record(line);
          if (record != null && ids.contains(record.path(AUTHOR_ID).asText())) {
            found.add(record.path(POST_ID).asText());
          }
        }
      }
    }
    found.remove("");
    return found;
  }

  private long rewrite(Path file) throws IOException {
    var aside = file.resolveSibling("." + file.getFileName() + ".erasing");
    try {
      long changed;
      try (var out = create(file, aside)) {
        changed = copy(file, out);
      }
      if (changed > 0) {
        Files.move(
            aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
      return changed;
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  /** Copies what is kept; to nowhere when {@code out} is null. */
  private long copy(Path file, OutputStream out) throws IOException {
    var changed = 0L;
    try (var in = open(file)) {
      for (var line = line(in); line != null; line = line(in)) {
        var kept = kept(line);
        if (!Arrays.equals(kept, line)) {
          changed++;
        }
        if (kept != null && out != null) {
          out.write(kept);
        }
      }
    }
    return changed;
  }

  private static InputStream open(Path file) throws IOException {
    var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    return file.toString().endsWith(GZIP)
        ? new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16)
        : in;
  }

  private static OutputStream create(Path like, Path file) throws IOException {
    var out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    return like.toString().endsWith(GZIP) ? new GZIPOutputStream(out, 1 << 16) : out;
  }

  /** The next line with its line break, which the last one may lack; null after it. */
  private static byte[] line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream(512);
    for (int b = in.read(); b >= 0; b = in.read()) {
      line.write(b);
      if (b == '\n') {
        break;
      }
    }
    return line.size() == 0 ? null : line.toByteArray();
  }
}
