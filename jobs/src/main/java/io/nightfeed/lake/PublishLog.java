package io.nightfeed.lake;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which commits of tables readers see. A run's commits wait until its publication stands in {@code
 * ops.publish_log}: then all of them are seen at once. A slice whose last commit waits, or whose
 * run stopped, is read as it was before.
 *
 * <p>Logs are read by the driver, an entry's first line each, once for each entry. Commits that
 * carry no {@link CommitMark} are seen at once: those of other writers (an erasure, {@code
 * RESTORE}, SQL) and of tables that were made before there was a publish log. Where another writer
 * changed rows, the whole table is read as it is: what it removed must not come back from an older
 * version.
 *
 * <p>Delta removes entries of its logs after 30 days ({@code delta.logRetentionDuration}). What is
 * older than the oldest entry of the publish log is seen.
 */
final class PublishLog {
  private final Path folder;
  private final Map<Path, CommitMark.Entry> entries = new ConcurrentHashMap<>();

  /**
   * @param folder of the table {@code ops.publish_log}, which may not exist yet
   */
  PublishLog(Path folder) {
    this.folder = folder;
  }

  /**
   * How a slice was before its first commit that readers do not see.
   *
   * @param version of the table
   * @param hasRows whether it had any
   */
  record Earlier(long version, boolean hasRows) {}

  /**
   * What of a table's newest version is to be read.
   *
   * @param version the newest one
   * @param earlier slices of which earlier versions are seen, by run date; null: the whole table
   */
  record Seen(long version, Map<String, Earlier> earlier) {}

  /**
   * What readers see of a table.
   *
   * @param own a publication that the reader sees without waiting; null where there is none
   */
  Seen seen(LogFiles log, String own) {
    var published = new Published(own);
    var earlier = new HashMap<String, Earlier>();
    for (var entry : log.entries().entrySet()) {
      var commit = read(entry.getValue());
      if (commit.mark().isEmpty()) {
        if (!commit.isRearranging()) {
          earlier.clear();
        }
      } else {
        var mark = commit.mark().get();
        if (published.includes(mark.publication(), commit.at())) {
          earlier.remove(mark.slice());
        } else {
          earlier.putIfAbsent(mark.slice(), new Earlier(entry.getKey() - 1, mark.hasReplaced()));
        }
      }
    }
    return new Seen(newest(log), earlier);
  }

  /** Whether a publication stands in the log. */
  boolean names(String publication) {
    return new Published(null).includes(publication, Long.MAX_VALUE);
  }

  private static long newest(LogFiles log) {
    return Math.max(
        log.entries().isEmpty() ? 0 : log.entries().lastKey(),
        log.checkpoints().isEmpty() ? 0 : log.checkpoints().lastKey());
  }

  private CommitMark.Entry read(Path entry) {
    return entries.computeIfAbsent(entry, CommitMark.Entry::read);
  }

  /** The publications that are seen; looked up when the first commit asks. */
  private final class Published {
    private final String own;
    private Set<String> logged;
    private long oldest = Long.MIN_VALUE;

    Published(String own) {
      this.own = own;
    }

    boolean includes(String publication, long at) {
      if (publication == null || publication.equals(own)) {
        return true;
      }
      if (logged == null) {
        load();
      }
      return logged.contains(publication) || at < oldest;
    }

    private void load() {
      logged = new HashSet<>();
      var log = new TreeMap<>(LogFiles.of(folder).entries());
      log.values()
          .forEach(
              entry ->
                  read(entry).mark().map(CommitMark::publication).ifPresent(id -> logged.add(id)));
      if (!log.isEmpty() && log.firstKey() > 0) {
        oldest = read(log.firstEntry().getValue()).at();
      }
    }
  }
}
