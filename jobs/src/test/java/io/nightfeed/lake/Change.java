package io.nightfeed.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.io.FileUtils;

/**
 * One change of the disk, to be made again elsewhere.
 *
 * @param file what changes
 * @param other where a file goes, or which one a link leads to; else null
 * @param bytes what is written at the end; else null
 */
record Change(Kind kind, Path file, Path other, byte[] bytes) {
  enum Kind {
    CREATE,
    WRITE,
    FORCE,
    MOVE,
    LINK,
    DELETE,
    FOLDER
  }

  static Change of(Kind kind, Path file) {
    return new Change(kind, file, null, null);
  }

  static Change write(Path file, byte[] bytes, int offset, int length) {
    return new Change(Kind.WRITE, file, null, Arrays.copyOfRange(bytes, offset, offset + length));
  }

  /** A write in two: a machine may stop between them. */
  List<Change> parts() {
    return kind != Kind.WRITE || bytes.length < 2
        ? List.of(this)
        : List.of(
            write(file, bytes, 0, bytes.length / 2),
            write(file, bytes, bytes.length / 2, bytes.length - bytes.length / 2));
  }

  /** Makes the change in a copy of the folder in which it was made. */
  void repeat(Path folder, Path copy) throws IOException {
    var target = copy.resolve(folder.relativize(file));
    var second = other == null ? null : copy.resolve(folder.relativize(other));
    switch (kind) {
      case CREATE -> Files.write(target, new byte[0]);
      case WRITE -> Files.write(target, bytes, StandardOpenOption.APPEND);
      case FORCE -> {}
      case MOVE -> Files.move(target, second, StandardCopyOption.REPLACE_EXISTING);
      case LINK -> Files.createLink(target, second);
      case DELETE -> FileUtils.forceDelete(target.toFile());
      case FOLDER -> Files.createDirectory(target);
    }
  }
}
