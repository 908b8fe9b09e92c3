package io.nightfeed.ingest;

import static io.nightfeed.ingest.QuarantineReason.LINE_TOO_LONG;
import static io.nightfeed.ingest.QuarantineReason.UNEXPECTED_FILE;
import static io.nightfeed.ingest.QuarantineReason.UNREADABLE_FILE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.ingest.InputSplit.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineReaderTest {
  private static final int LONGEST = 100;
  private static final Configuration HADOOP = new Configuration();

  @TempDir Path folder;

  @Test
  void lines_haveTheirOffsetsNumbersAndBytes() throws IOException {
    var lines = read(plain("one\n\ntwo\r\nlast"), 0, 15);
    assertThat(texts(lines)).containsExactly("one", "", "two\r", "last");
    assertThat(lines).extracting(RawLine::offset).containsExactly(0L, 4L, 5L, 10L);
    assertThat(lines).extracting(RawLine::number).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void lineBreakAtTheEnd_makesNoLine() throws IOException {
    assertThat(texts(read(plain("one\n"), 0, 4))).containsExactly("one");
    assertThat(read(plain(""), 0, 0)).isEmpty();
  }

  @Test
  void splitsAtEveryPairOfOffsets_giveTheSameLines() throws IOException {
    var text = "a\n\nbcd\r\n" + "x".repeat(12) + "\n\n\ny";
    var file = plain(text);
    var whole = read(file, 0, text.length());
    for (var first = 1; first < text.length(); first++) {
      for (var second = first + 1; second <= text.length(); second++) {
        var parts = new ArrayList<RawLine>();
        parts.addAll(read(file, 0, first));
        parts.addAll(read(file, first, second));
        parts.addAll(read(file, second, text.length()));
        assertThat(texts(parts)).as("%d, %d", first, second).isEqualTo(texts(whole));
        assertThat(parts)
            .extracting(RawLine::offset)
            .isEqualTo(whole.stream().map(RawLine::offset).toList());
      }
    }
  }

  @Test
  void lineOverTheLimit_keepsItsBeginningAndItsLength() throws IOException {
    var lines = read(plain("x".repeat(101) + "\n" + "y".repeat(100) + "\n"), 0, 203);
    assertThat(lines.get(0).refusal().reason()).isEqualTo(LINE_TOO_LONG);
    assertThat(lines.get(0).length()).isEqualTo(101);
    assertThat(texts(lines)).containsExactly("x".repeat(100), "y".repeat(100));
    assertThat(lines.get(1).refusal()).isNull();
  }

  /** A quarter of a gigabyte of one line, from a quarter of a megabyte of gzip. */
  @Test
  void gzipBomb_isReadInBoundedMemory() throws IOException {
    var file = folder.resolve("bomb.jsonl.gz");
    var size = 256L << 20;
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file), 1 << 16)) {
      var block = new byte[1 << 20];
      Arrays.fill(block, (byte) ' ');
      for (var written = 0L; written < size; written += block.length) {
        out.write(block);
      }
    }
    var lines = readAll(new InputSplit(file.toString(), "bomb", 0, 1, Format.GZIP));
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0).length()).isEqualTo(size);
    assertThat(lines.get(0).bytes()).hasSize(LONGEST);
    assertThat(lines.get(0).refusal().reason()).isEqualTo(LINE_TOO_LONG);
  }

  @Test
  void gzipOfSeveralMembers_isReadWhole() throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.write(gzip("one\ntw"));
    bytes.write(gzip("o\nthree\n"));
    assertThat(texts(gzipLines(bytes.toByteArray()))).containsExactly("one", "two", "three");
  }

  @Test
  void truncatedGzip_keepsTheLinesBeforeTheDamageAndTheTail() throws IOException {
    var text = lines(2000);
    var whole = gzip(text);
    var lines = gzipLines(Arrays.copyOf(whole, whole.length - 20));
    var rest = lines.get(lines.size() - 1);
    assertThat(lines).hasSizeGreaterThan(100);
    assertThat(lines.subList(0, lines.size() - 1)).allMatch(line -> line.refusal() == null);
    assertThat(rest.refusal().reason()).isEqualTo(UNREADABLE_FILE);
    assertThat(rest.refusal()).hasMessageContaining("EOFException").hasMessageContaining("byte");
    var read = String.join("\n", texts(lines));
    assertThat(text).startsWith(read);
    assertThat(rest.offset()).isEqualTo(read.length() - rest.bytes().length);
  }

  @Test
  void gzipWithAWrongChecksum_keepsTheLinesButForTheLastAndIsNoted() throws IOException {
    var text = lines(2000);
    var bytes = gzip(text);
    bytes[bytes.length - 6] ^= 1;
    var lines = gzipLines(bytes);
    assertThat(lines).hasSizeGreaterThan(1800);
    assertThat(text).startsWith(String.join("\n", texts(lines)));
    var rest = lines.get(lines.size() - 1).refusal();
    assertThat(rest.reason()).isEqualTo(UNREADABLE_FILE);
    assertThat(rest).hasMessageContaining("CRC");
  }

  @Test
  void anythingAfterAGzipMember_isNotedAsUnreadable() throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.write(gzip("one\n"));
    bytes.write("{\"a\":1}\n{\"a\":1}\n{\"a\":1}\n".getBytes(StandardCharsets.UTF_8));
    var lines = gzipLines(bytes.toByteArray());
    assertThat(texts(lines)).containsExactly("one", "");
    assertThat(lines.get(1).refusal().reason()).isEqualTo(UNREADABLE_FILE);
  }

  @Test
  void plainTextNamedGzip_isOneUnreadableLine() throws IOException {
    var lines = gzipLines("{\"a\":1}\n".getBytes(StandardCharsets.UTF_8));
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0).refusal().reason()).isEqualTo(UNREADABLE_FILE);
  }

  @Test
  void unexpectedFile_isOneRefusedLine() {
    var lines = readAll(new InputSplit("/nowhere/data.csv", "data.csv", 0, 7, Format.UNEXPECTED));
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0).refusal().reason()).isEqualTo(UNEXPECTED_FILE);
  }

  @Test
  void storageThatFails_throwsRatherThanRefuses() {
    var split = new InputSplit(folder.resolve("gone.jsonl").toString(), "gone", 0, 7, Format.PLAIN);
    assertThatThrownBy(() -> readAll(split))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("gone.jsonl");
  }

  private List<RawLine> gzipLines(byte[] bytes) throws IOException {
    var file = Files.write(folder.resolve("part.jsonl.gz"), bytes);
    return readAll(new InputSplit(file.toString(), "part", 0, bytes.length, Format.GZIP));
  }

  private Path plain(String text) throws IOException {
    return Files.writeString(folder.resolve("part.jsonl"), text);
  }

  private static List<RawLine> read(Path file, long start, long end) {
    return readAll(new InputSplit(file.toString(), "part", start, end, Format.PLAIN));
  }

  private static List<RawLine> readAll(InputSplit split) {
    var lines = new ArrayList<RawLine>();
    new LineReader(split, LONGEST, HADOOP).forEachRemaining(lines::add);
    return lines;
  }

  private static List<String> texts(List<RawLine> lines) {
    return lines.stream().map(line -> new String(line.bytes(), StandardCharsets.UTF_8)).toList();
  }

  private static String lines(int count) {
    var text = new StringBuilder();
    for (var i = 0; i < count; i++) {
      text.append(Integer.toString(i * 7919, 36)).append(i * 31L * i).append('\n');
    }
    return text.toString();
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
