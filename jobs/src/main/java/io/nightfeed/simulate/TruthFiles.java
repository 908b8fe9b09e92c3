package io.nightfeed.simulate;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nightfeed.raw.RawFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The folder {@code <raw>/truth}: gzipped JSON lines of users, moods and posts, and the parameters,
 * which are written last. Keys are the record components in snake_case.
 */
final class TruthFiles {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Path folder;

  private TruthFiles(Path folder) {
    this.folder = folder;
  }

  static TruthFiles in(Path raw) {
    return new TruthFiles(raw.resolve(RawFormat.TRUTH_FOLDER));
  }

  void write(
      List<TrueUser> users, List<TrueMood> moods, List<TruePost> posts, TruthParameters parameters)
      throws IOException {
    Files.createDirectories(folder);
    writeLines(RawFormat.TRUTH_FILES.get(0), users);
    writeLines(RawFormat.TRUTH_FILES.get(1), moods);
    writeLines(RawFormat.TRUTH_FILES.get(2), posts);
    var name = RawFormat.TRUTH_FILES.get(3);
    var unfinished = unfinished(name);
    JSON.writerWithDefaultPrettyPrinter().writeValue(unfinished.toFile(), parameters);
    finish(unfinished, name);
  }

  void eachUser(Consumer<TrueUser> reader) throws IOException {
    readLines(RawFormat.TRUTH_FILES.get(0), TrueUser.class, reader);
  }

  void eachMood(Consumer<TrueMood> reader) throws IOException {
    readLines(RawFormat.TRUTH_FILES.get(1), TrueMood.class, reader);
  }

  void eachPost(Consumer<TruePost> reader) throws IOException {
    readLines(RawFormat.TRUTH_FILES.get(2), TruePost.class, reader);
  }

  TruthParameters parameters() throws IOException {
    var file = folder.resolve(RawFormat.TRUTH_FILES.get(3)).toFile();
    return JSON.readValue(file, TruthParameters.class);
  }

  private void writeLines(String name, List<?> records) throws IOException {
    var unfinished = unfinished(name);
    try (var out = new GZIPOutputStream(Files.newOutputStream(unfinished), 1 << 16);
        var lines = JSON.writer().withRootValueSeparator("\n").writeValues(out)) {
      lines.writeAll(records);
    }
    finish(unfinished, name);
  }

  private <T> void readLines(String name, Class<T> type, Consumer<T> reader) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(folder.resolve(name)));
        var lines = JSON.readerFor(type).<T>readValues(in)) {
      while (lines.hasNextValue()) {
        reader.accept(lines.nextValue());
      }
    }
  }

  private Path unfinished(String name) {
    return folder.resolve("." + name + ".unfinished");
  }

  private void finish(Path unfinished, String name) throws IOException {
    Files.move(unfinished, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }
}
