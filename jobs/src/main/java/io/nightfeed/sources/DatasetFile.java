package io.nightfeed.sources;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.univocity.parsers.common.record.Record;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/** One file of a public data set, plain or gzipped, and the place in it to name in messages. */
public final class DatasetFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_CHARACTERS_PER_COLUMN = 1_000_000;

  private final Path path;

  private DatasetFile(Path path) {
    this.path = path;
  }

  /**
   * @throws JobFailure when neither the file nor its gzipped form is there
   */
  public static DatasetFile in(Path folder, String name) {
    if (!Files.isDirectory(folder)) {
      throw new JobFailure(
          ExitCode.USAGE,
          folder
              + " is not a folder; expected the unpacked data set, with "
              + name
              + " (or "
              + name
              + ".gz) in it.");
    }
    for (var candidate : List.of(folder.resolve(name), folder.resolve(name + ".gz"))) {
      if (Files.isRegularFile(candidate)) {
        return new DatasetFile(candidate);
      }
    }
    throw new JobFailure(
        ExitCode.USAGE,
        folder
            + " holds neither "
            + name
            + " nor "
            + name
            + ".gz; expected the folder of the unpacked data set.");
  }

  /** Hands over every line as a JSON object. */
  public void eachJson(JsonReader reader) throws IOException {
    eachLine("a JSON object as the data set's description has it", line -> reader.read(json(line)));
  }

  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Hands over every line.
   *
   * @param expected what a line should be, for the message about one that {@code reader} refuses
   */
  public void eachLine(String expected, Consumer<String> reader) throws IOException {
    try (var lines = open()) {
      long number = 0;
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        try {
          reader.accept(line);
        } catch (RuntimeException e) {
          throw malformed(number, expected, e);
        }
      }
    }
  }

  /**
   * Hands over every row of a CSV file whose first line names these columns, maybe among others.
   */
  public void eachCsvRow(List<String> columns, RowReader reader) throws IOException {
    var settings = new CsvParserSettings();
    settings.setHeaderExtractionEnabled(true);
    settings.setMaxCharsPerColumn(MAX_CHARACTERS_PER_COLUMN);
    settings.getFormat().setLineSeparator("\n");
    settings.getFormat().setQuoteEscape('"');
    var parser = new CsvParser(settings);
    try (var lines = open()) {
      parser.beginParsing(lines);
      var header = parser.getRecordMetadata().headers();
      if (header == null || !List.of(header).containsAll(columns)) {
        throw malformed(1, "a header with " + columns, null);
      }
      for (var row = parser.parseNextRecord(); row != null; row = parser.parseNextRecord()) {
        try {
          reader.read(row);
        } catch (RuntimeException e) {
          throw malformed(parser.getContext().currentLine(), "a row with " + columns, e);
        }
      }
    } finally {
      parser.stopParsing();
    }
  }

  private BufferedReader open() throws IOException {
    InputStream bytes = Files.newInputStream(path);
    if (path.toString().endsWith(".gz")) {
      bytes = new GZIPInputStream(bytes);
    }
    var strict =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    return new BufferedReader(new InputStreamReader(bytes, strict));
  }

  private JobFailure malformed(long line, String expected, Exception cause) {
    var found = cause == null ? "" : " (" + cause.getMessage() + ")";
    return new JobFailure(
        ExitCode.FAILED,
        path
            + ", line "
            + line
            + ": expected "
            + expected
            + found
            + ". Fetch the data set again, or remove the line.",
        cause);
  }

  /** Takes one JSON line. */
  public interface JsonReader {
    void read(JsonNode line);
  }

  /** Takes one CSV row. */
  public interface RowReader {
    void read(Record row);
  }
}
