package io.nightfeed.ingest;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The lines of one split, as bytes. Memory is bounded by the longest line allowed: of a longer one
 * only the beginning is kept. Where a file cannot be read further, the rest becomes one refused
 * line, so that nothing vanishes.
 */
final class LineReader implements Iterator<RawLine> {
  private static final int BUFFER = 1 << 16;
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
      var path = new Path(split.path());
      var file = path.getFileSystem(hadoop).open(path);
      // One byte early: a split that starts right after a line break starts with a whole line.
      position = Math.max(0, split.start() - 1);
      file.seek(position);
      stream =
          split.format() == InputSplit.Format.GZIP
              ? new GZIPInputStream(file, BUFFER)
              : new BufferedInputStream(file, BUFFER);
      if (split.start() > 0) {
        skipLine();
      }
    } catch (IOException e) {
      return unreadable(e, new byte[0]);
    }
    return read();
  }

  /** The line that began in an earlier split belongs to that one. */
  private void skipLine() throws IOException {
    int b;
    do {
      b = stream.read();
      position++;
    } while (b != '\n' && b != END);
  }

  private RawLine read() {
    var start = position;
    var kept = new ByteArrayOutputStream();
    try {
      if (start >= split.end() && split.format() == InputSplit.Format.PLAIN) {
        return close();
      }
      var b = stream.read();
      if (b == END) {
        return close();
      }
      var length = 0L;
      while (b != END && b != '\n') {
        if (length++ < longest) {
          kept.write(b);
        }
        b = stream.read();
      }
      position += length + (b == '\n' ? 1 : 0);
      number++;
      return line(start, length, kept.toByteArray());
    } catch (IOException e) {
      position = start;
      return unreadable(e, kept.toByteArray());
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

  private RawLine unreadable(IOException problem, byte[] tail) {
    stream = null;
    var detail =
        "%s after byte %d of the uncompressed file: %s"
            .formatted(problem.getClass().getSimpleName(), position, problem.getMessage());
    return refused(QuarantineReason.UNREADABLE_FILE, detail, tail.length, tail);
  }

  private RawLine refused(QuarantineReason reason, String detail, long length, byte[] bytes) {
    return new RawLine(split.name(), position, 0, length, bytes, new Refusal(reason, detail));
  }
}
