package io.nightfeed.ingest;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A file's bytes as stored. Tells storage that fails from content that cannot be decompressed. */
final class StorageStream extends FilterInputStream {
  private final String path;

  StorageStream(InputStream file, String path) {
    super(file);
    this.path = path;
  }

  @Override
  public int read() {
    try {
      return in.read();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) {
    try {
      return in.read(bytes, offset, length);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private UncheckedIOException failure(IOException cause) {
    return new UncheckedIOException("Cannot read " + path, cause);
  }
}
