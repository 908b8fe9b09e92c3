package io.nightfeed.lake;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.storage.HadoopFileSystemLogStore;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits to Delta logs on {@code file:} paths, safe among processes: set as {@code
 * spark.delta.logStore.file.impl}.
 *
 * <ol>
 *   <li>The entry is written to a hidden file beside its place and forced to disk, and so are the
 *       data files that it adds and their folders: no power failure leaves an entry without its
 *       rows.
 *   <li>A hard link gives it its name. Making a link fails when the name is taken, in one step of
 *       the operating system, so of several writers of one version exactly one wins; Delta's own
 *       stores look first and rename after, and two processes can both win.
 *   <li>The hidden file is removed and the folder forced to disk.
 * </ol>
 *
 * A process that dies on the way leaves a hidden file, which no reader looks at, or a whole entry.
 * From the link on the commit is made: what fails afterwards is logged, not thrown, since Delta
 * would report a commit that readers see as failed.
 */
public final class LinkLogStore extends HadoopFileSystemLogStore {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(LinkLogStore.class);

  public LinkLogStore(Configuration configuration) {
    super(configuration);
  }

  /**
   * @throws FileAlreadyExistsException when the entry exists and is not to be overwritten: Delta
   *     then looks what the other writer did, and tries the next version
   */
  @Override
  public void write(
      org.apache.hadoop.fs.Path path,
      Iterator<String> actions,
      Boolean overwrite,
      Configuration configuration)
      throws IOException {
    var entry = Path.of(path.getFileSystem(configuration).makeQualified(path).toUri());
    var aside = entry.resolveSibling("." + entry.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      forceData(entry.getParent().getParent(), writeAside(aside, actions));
      if (overwrite) {
        replace(entry, aside);
      } else {
        link(entry, aside);
      }
    } catch (IOException | RuntimeException failure) {
      Files.deleteIfExists(aside);
      throw failure;
    }
    finish(entry, aside);
  }

  /**
   * True: Delta asks this about checkpoints, which it writes through the file system and not
   * through this store, and renames them into place when told so.
   */
  @Override
  public Boolean isPartialWriteVisible(
      org.apache.hadoop.fs.Path path, Configuration configuration) {
    return true;
  }

  private static void replace(Path entry, Path aside) throws IOException {
    // Of a file that Hadoop wrote here before: it would call the new content corrupt.
    Files.deleteIfExists(entry.resolveSibling("." + entry.getFileName() + ".crc"));
    Files.move(aside, entry, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void link(Path entry, Path aside) throws IOException {
    try {
      Files.createLink(entry, aside);
    } catch (FileAlreadyExistsException taken) {
      // A network file system that repeats a request finds its own link.
      if (!Files.isSameFile(entry, aside)) {
        throw taken;
      }
    } catch (UnsupportedOperationException | FileSystemException unsupported) {
      throw new IOException(
          "No hard link could be made in "
              + entry.getParent()
              + ", which is how Nightfeed commits to tables on file: paths. Keep the lake on a file"
              + " system with hard links, or unset spark.delta.logStore.file.impl and let only one"
              + " process write at a time.",
          unsupported);
    }
  }

  private static void finish(Path entry, Path aside) {
    try {
      Files.deleteIfExists(aside);
      force(entry.getParent());
    } catch (IOException afterCommit) {
      LOG.warn("{} is committed, but its folder could not be tidied.", entry, afterCommit);
    }
  }

  /** Writes the lines; the paths of the data files that they add, as they stand there. */
  private static List<String> writeAside(Path file, Iterator<String> lines) throws IOException {
    var added = new ArrayList<String>();
    try (var channel =
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var writer = Channels.newWriter(channel, StandardCharsets.UTF_8)) {
      while (lines.hasNext()) {
        var line = lines.next();
        if (line.startsWith("{\"add\":")) {
          added.add(JSON.readTree(line).at("/add/path").asText());
        }
        writer.write(line);
        writer.write('\n');
      }
      writer.flush();
      channel.force(true);
    }
    return added;
  }

  private static void forceData(Path table, List<String> added) throws IOException {
    var folders = new LinkedHashSet<Path>();
    for (var path : added) {
      var uri = URI.create(path);
      // Others are files of another table, which that table's own entries have forced.
      if (!uri.isAbsolute()) {
        var file = table.resolve(uri.getPath());
        force(file);
        forceIfThere(file.resolveSibling("." + file.getFileName() + ".crc"));
        folders.add(file.getParent());
        folders.add(table);
      }
    }
    for (var folder : folders) {
      force(folder);
    }
  }

  private static void forceIfThere(Path file) throws IOException {
    try {
      force(file);
    } catch (NoSuchFileException none) {
      // Hadoop writes checksum files beside data files on some file systems only.
    }
  }

  private static void force(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
