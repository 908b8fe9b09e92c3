package io.nightfeed.ingest;

import static io.nightfeed.ingest.TestRecords.bytes;
import static io.nightfeed.ingest.TestRecords.event;
import static io.nightfeed.ingest.TestRecords.format;
import static io.nightfeed.ingest.TestRecords.json;
import static io.nightfeed.ingest.TestRecords.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.ingest.RecordFormat.Source;
import io.nightfeed.lake.BarredIds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.hadoop.conf.Configuration;

/**
 * Whatever comes in one line, it becomes one row: a record, or a refusal with the line's bytes.
 *
 * <p>Properties of single lines have as many tries as {@code jqwik.tries.default} says, 1,000 where
 * it says nothing; {@code make soak} asks for more.
 */
class ParsedLinesFuzzTest {
  private static final int REASON = 4;
  private static final int RAW = 6;
  private static final int PLACE = 9;

  /**
   * Of a try: of 1,000 tries, 4,000 lines of changed bytes and 8,000 of other fields, each format.
   */
  private static final int LINES = 4;

  /** A change of a line's bytes. */
  private interface Mutation extends UnaryOperator<byte[]> {}

  /** What is done to the bytes at a place. */
  private enum Change {
    REPLACE,
    INSERT,
    DELETE,
    CUT,
    REPEAT;

    byte[] apply(byte[] line, int at, byte value) {
      var rest = Arrays.copyOfRange(line, Math.min(line.length, at + 1), line.length);
      var out = new ByteArrayOutputStream();
      out.write(line, 0, at);
      switch (this) {
        case REPLACE -> {
          out.write(value);
          out.writeBytes(rest);
        }
        case INSERT -> {
          out.write(value);
          out.write(line, at, line.length - at);
        }
        case DELETE -> out.writeBytes(rest);
        case CUT -> {
          // Nothing of the rest.
        }
        case REPEAT -> {
          out.write(line, at, line.length - at);
          out.write(line, at, line.length - at);
        }
      }
      return out.toByteArray();
    }
  }

  @Property
  void eventsOfChangedBytes_becomeRows(@ForAll("lines") List<List<Mutation>> lines) {
    lines.forEach(mutations -> check(mutate(bytes(json(event("e1"))), mutations), Source.EVENTS));
  }

  @Property
  void postsOfChangedBytes_becomeRows(@ForAll("lines") List<List<Mutation>> lines) {
    lines.forEach(mutations -> check(mutate(bytes(json(post("p1"))), mutations), Source.POSTS));
  }

  @Property
  void eventsOfOtherFields_becomeRows(
      @ForAll("fields") List<Map<String, Object>> records,
      @ForAll("mutations") List<Mutation> mutations) {
    records.forEach(fields -> check(changed(event("e1"), fields), mutations, Source.EVENTS));
  }

  @Property
  void postsOfOtherFields_becomeRows(
      @ForAll("fields") List<Map<String, Object>> records,
      @ForAll("mutations") List<Mutation> mutations) {
    records.forEach(fields -> check(changed(post("p1"), fields), mutations, Source.POSTS));
  }

  @Property
  void anyBytes_becomeOneRow(@ForAll byte[] line) {
    check(line, Source.EVENTS);
    check(line, Source.POSTS);
  }

  /** Lines side by side in one file: each byte of it belongs to one row or to a line break. */
  @Property(tries = 300)
  void fileOfMutatedLines_isReadWhole(
      @ForAll("lines") List<List<Mutation>> lines, @ForAll boolean isCompressed)
      throws IOException {
    var content = new ByteArrayOutputStream();
    for (var mutations : lines) {
      content.writeBytes(mutate(bytes(json(event("e1"))), mutations));
      content.write('\n');
    }
    var file = Files.createTempFile("fuzz", isCompressed ? ".jsonl.gz" : ".jsonl");
    try {
      write(file, content.toByteArray(), isCompressed);
      assertThat(rejoined(file, isCompressed)).isEqualTo(content.toByteArray());
    } finally {
      Files.delete(file);
    }
  }

  private static byte[] rejoined(Path file, boolean isCompressed) throws IOException {
    var split =
        new InputSplit(
            file.toString(),
            file.getFileName().toString(),
            0,
            Files.size(file),
            isCompressed ? InputSplit.Format.GZIP : InputSplit.Format.PLAIN);
    var read = new ByteArrayOutputStream();
    new LineReader(split, 1 << 20, new Configuration())
        .forEachRemaining(
            line -> {
              assertThat(line.offset()).isEqualTo(read.size());
              assertThat(line.length()).isEqualTo(line.bytes().length);
              read.writeBytes(line.bytes());
              read.write('\n');
              check(line, format(Source.EVENTS));
            });
    return read.toByteArray();
  }

  private static void write(Path file, byte[] content, boolean isCompressed) throws IOException {
    try (OutputStream out =
        isCompressed
            ? new GZIPOutputStream(Files.newOutputStream(file))
            : Files.newOutputStream(file)) {
      out.write(content);
    }
  }

  private static byte[] mutate(byte[] line, List<Mutation> mutations) {
    var mutated = line;
    for (var mutation : mutations) {
      mutated = mutation.apply(mutated);
    }
    return mutated;
  }

  private static void check(String line, List<Mutation> mutations, Source source) {
    check(bytes(line), source);
    check(mutate(bytes(line), mutations), source);
  }

  private static void check(byte[] line, Source source) {
    check(new RawLine("part", 0, 1, line.length, line.clone(), null), format(source));
  }

  private static void check(RawLine line, RecordFormat format) {
    var row = ParsedLines.parse(line, format, BarredIds.none());
    assertThat(row.length()).isEqualTo(PLACE + format.schema().size());
    if (row.isNullAt(REASON)) {
      for (var i = 0; i < format.schema().size(); i++) {
        if (!format.schema().apply(i).nullable()) {
          assertThat(row.get(PLACE + i)).as(format.schema().apply(i).name()).isNotNull();
        }
      }
    } else {
      assertThat((byte[]) row.get(RAW)).isEqualTo(line.bytes());
    }
  }

  /** A record with some of its fields changed, added or, where the value is the map, taken away. */
  private static String changed(Map<String, Object> record, Map<String, Object> fields) {
    var changed = new LinkedHashMap<>(record);
    var names = new ArrayList<>(record.keySet());
    fields.forEach(
        (field, value) -> {
          // Half of the names are those of the format.
          var name =
              field.length() % 2 == 0
                  ? names.get(Math.floorMod(field.hashCode(), names.size()))
                  : field;
          if (value instanceof Map<?, ?> map && map.isEmpty()) {
            changed.remove(name);
          } else {
            changed.put(name, value);
          }
        });
    return json(changed);
  }

  @Provide
  static Arbitrary<List<Mutation>> mutations() {
    var significant = Arbitraries.chars().with("\"\\{},:[0 \u0000").map(c -> (byte) c.charValue());
    var bytes = Arbitraries.oneOf(significant, Arbitraries.bytes());
    return Combinators.combine(
            Arbitraries.doubles().between(0, 0.99), bytes, Arbitraries.of(Change.class))
        .as(ParsedLinesFuzzTest::mutation)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  /**
   * @param place as a share of the line's length
   */
  private static Mutation mutation(double place, byte value, Change change) {
    return line -> change.apply(line, (int) (place * line.length), value);
  }

  @Provide
  static Arbitrary<List<List<Mutation>>> lines() {
    return mutations().list().ofSize(LINES);
  }

  @Provide
  static Arbitrary<List<Map<String, Object>>> fields() {
    var scalars =
        Arbitraries.<Object>oneOf(
            Arbitraries.strings().all().ofMaxLength(300),
            Arbitraries.longs(),
            Arbitraries.bigIntegers(),
            Arbitraries.doubles(),
            Arbitraries.of(true, false),
            Arbitraries.of(
                "2025-06-02T12:00:00Z", "2025-06-02", "9999-12-31T23:59:59Z", "\uD800", "like"));
    var nested =
        Arbitraries.integers()
            .between(0, 60)
            .map(
                depth -> {
                  Object value = Map.of();
                  for (int level = 0; level < depth; level++) {
                    value = level % 2 == 0 ? List.of(value) : Map.of("a", value);
                  }
                  return value;
                });
    var values =
        Arbitraries.<Object>oneOf(scalars, scalars.list().ofMaxSize(5).map(List::copyOf), nested);
    return Arbitraries.maps(Arbitraries.strings().all().ofMaxLength(12), values)
        .ofMinSize(1)
        .ofMaxSize(4)
        .list()
        .ofSize(LINES);
  }
}
