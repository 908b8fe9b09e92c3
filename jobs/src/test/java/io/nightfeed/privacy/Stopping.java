package io.nightfeed.privacy;

import java.io.StringWriter;

/** Ends what prints to it at a line: as if the process had ended there. What came goes on. */
final class Stopping extends StringWriter {
  private final String stop;
  private final StringWriter out;

  /**
   * @param stop a part of the line
   */
  Stopping(String stop, StringWriter out) {
    this.stop = stop;
    this.out = out;
  }

  @Override
  public void write(String text) {
    write(text, 0, text.length());
  }

  @Override
  public void write(String text, int from, int length) {
    super.write(text, from, length);
    out.write(text, from, length);
    if (getBuffer().indexOf(stop) >= 0 && text.endsWith("\n")) {
      throw new IllegalStateException(stop);
    }
  }
}
