package io.nightfeed.lake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The changes that this process makes on the disk through {@link RecordedFileSystem}, in order. */
final class DiskChanges {
  /** What makes a change. */
  interface Making<T> {
    T make() throws IOException;
  }

  private static final List<Change> MADE = new ArrayList<>();
  private static long haltBefore = Long.MAX_VALUE;

  private DiskChanges() {}

  /** Forgets what was made. */
  static synchronized void forget() {
    MADE.clear();
  }

  /** What was made so far. */
  static synchronized List<Change> made() {
    return List.copyOf(MADE);
  }

  /** Halts this process, with code 137, after so many changes. */
  static synchronized void haltAfter(long changes) {
    haltBefore = changes;
  }

  /** Makes a change. */
  static synchronized <T> T make(Change change, Making<T> making) throws IOException {
    if (MADE.size() == haltBefore) {
      Runtime.getRuntime().halt(137);
    }
    MADE.add(change);
    return making.make();
  }

  static Path local(java.io.File file) {
    return file.toPath().toAbsolutePath().normalize();
  }
}
