package io.nightfeed.ingest;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.DecompressorStream;
import org.apache.hadoop.io.compress.zlib.BuiltInGzipDecompressor;

/**
 * The lines of one split, as bytes. Memory is bounded by the longest line allowed: of a longer one
 * only the beginning is kept. Where a gzip file is damaged, the lines before are read and the rest
 * becomes one refused line, so that nothing vanishes. Storage that fails is no damage: it throws,
 * so that the task is tried again.
 */
final class LineReader implements Iterator<RawLine> {
  private static final int BUFFER = 1 << 16;

  /** Small, because what a failing call of the decompressor has already decoded is lost. */
  private static final int DECODED_BUFFER = 1 << 10;

  private static final int END = -1;

  private final InputSplit split;
  private final int longest;
  private InputStream stream;
  private long position;
  private long number;
  private RawLine next;

  /**
   * @param longest line in bytes that is kept whole
   */
  LineReader(InputSplit split, int longest, Configuration hadoop) {
    this.split = split;
    this.longest = longest;
    this.next = open(hadoop);
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public RawLine next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    var line = next;
    next = stream == null ? null : read();
    return line;
  }

  private RawLine open(Configuration hadoop) {
    if (split.format() == InputSplit.Format.UNEXPECTED) {
      return refused(
          QuarantineReason.UNEXPECTED_FILE,
          "expected *.jsonl or *.jsonl.gz",
          split.end(),
          new byte[0]);
    }
    try {
      // One byte early: a split that starts right after a line break starts with a whole line.
      position = Math.max(0, split.start() - 1);
      stream = bytes(hadoop);
      if (split.start() > 0) {
        skipLine();
      }
    } catch (IOException e) {
      return unreadable(e, 0, new byte[0]);
    }
    return read();
  }

  private InputStream bytes(Configuration hadoop) throws IOException {
    var file = open(new Path(split.path()), hadoop);
    // Not java.util.zip's stream, which ends in silence at whatever follows the first member.
    return split.format() == InputSplit.Format.GZIP
        ? new BufferedInputStream(
            new DecompressorStream(file, new BuiltInGzipDecompressor(), BUFFER), DECODED_BUFFER)
        : new BufferedInputStream(file, BUFFER);
  }

  private StorageStream open(Path path, Configuration hadoop) {
    try {
      var file = path.getFileSystem(hadoop).open(path);
      file.seek(position);
      return new StorageStream(file, split.path());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + split.path(), e);
    }
  }

  /** The line that began in an earlier split belongs to that one, and so may the whole split. */
  private void skipLine() throws IOException {
    int b;
    do {
      b = stream.read();
      position++;
    } while (b != '\n' && b != END && position < split.end());
  }

  private RawLine read() {
    var kept = new ByteArrayOutputStream();
    var length = 0L;
    try {
      if (position >= split.end() && split.format() == InputSplit.Format.PLAIN) {
        return close();
      }
      var b = stream.read();
      if (b == END) {
        return close();
      }
      while (b != END && b != '\n') {
        if (length++ < longest) {
          kept.write(b);
        }
        b = stream.read();
      }
      number++;
      var line = line(position, length, kept.toByteArray());
      position += length + (b == '\n' ? 1 : 0);
      return line;
    } catch (IOException e) {
      return unreadable(e, length, kept.toByteArray());
    }
  }

  private RawLine line(long start, long length, byte[] bytes) {
    var lineNumber = split.start() == 0 ? number : 0;
    Refusal refusal = null;
    if (length > longest) {
      refusal =
          new Refusal(
              QuarantineReason.LINE_TOO_LONG,
              "%d bytes; at most %d are allowed (ingest.max-line-bytes)"
                  .formatted(length, longest));
    }
    return new RawLine(split.name(), start, lineNumber, length, bytes, refusal);
  }

  private RawLine close() throws IOException {
    stream.close();
    stream = null;
    return null;
  }

  private RawLine unreadable(IOException problem, long length, byte[] tail) {
    stream = null;
    var detail =
        "%s after byte %d of the uncompressed file: %s"
            .formatted(problem.getClass().getSimpleName(), position + length, problem.getMessage());
    return refused(QuarantineReason.UNREADABLE_FILE, detail, length, tail);
  }

  private RawLine refused(QuarantineReason reason, String detail, long length, byte[] bytes) {
    return new RawLine(split.name(), position, 0, length, bytes, new Refusal(reason, detail));
  }
}
