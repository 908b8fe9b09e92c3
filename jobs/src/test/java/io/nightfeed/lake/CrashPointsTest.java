package io.nightfeed.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.tables.DeltaTable;
import io.nightfeed.SparkTest;
import io.nightfeed.lake.CrashTable.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine may stop before and after every change that publishing makes on the disk, and in the
 * middle of every write. The changes of a publish are recorded; then they are made again on a copy
 * of the lake, one more each time, and the copy is read and published to as after a crash. After
 * one change is before the next, and reading changes nothing.
 *
 * <p>Of points that differ only in files that no reader looks at, hidden ones and data files that
 * no entry names, the last is tried; all of them where {@code crash.all-points} is true.
 */
class CrashPointsTest {
  private static final boolean IS_THOROUGH = Boolean.getBoolean("crash.all-points");

  @TempDir private Path folder;

  @Test
  void publishThatStopsAnywhere_leavesTheOldSliceOrTheNew() throws IOException {
    var before = folder.resolve("before");
    var attempt = 1;
    // The next version, which the publish to stop writes, has a checkpoint.
    while (!Files.exists(log(before).resolve("%020d.json".formatted(9)))) {
      CrashTable.publish(SparkTest.spark(), before, attempt++);
    }
    stopEverywhere(before, attempt);
  }

  @Test
  void firstPublishThatStopsAnywhere_leavesNothingOrTheSlice() throws IOException {
    stopEverywhere(Files.createDirectories(folder.resolve("nothing")), 1);
  }

  private void stopEverywhere(Path before, int attempt) throws IOException {
    var recorded = folder.resolve("recorded");
    FileUtils.copyDirectory(before.toFile(), recorded.toFile());
    DiskChanges.forget();
    CrashTable.publish(RecordedFileSystem.session(), recorded, attempt);
    var changes = DiskChanges.made().stream().flatMap(change -> change.parts().stream()).toList();

    var copy = folder.resolve("copy");
    FileUtils.copyDirectory(before.toFile(), copy.toFile());
    var tried = 0;
    for (var number = 0; number <= changes.size(); number++) {
      var isLast = number == changes.size();
      if (isLast || IS_THOROUGH || isSeen(changes.get(number))) {
        requireWholeAfterCrash(copy, attempt, isLast, "after %d changes".formatted(number));
        tried++;
      }
      if (!isLast) {
        changes.get(number).repeat(recorded, copy);
      }
    }
    assertThat(files(copy)).isEqualTo(files(recorded));
    requireForcedBeforeCommit(DiskChanges.made());
    System.out.printf("crash.points=%d%ncrash.points_tried=%d%n", changes.size() + 1, tried);
    assertThat(tried).isGreaterThan(3);
  }

  /** What an entry names is forced to disk before the entry has its name. */
  private static void requireForcedBeforeCommit(List<Change> changes) {
    var unforced = new HashSet<Path>();
    var commits = 0;
    for (var change : changes) {
      switch (change.kind()) {
        case CREATE, WRITE -> unforced.add(change.file());
        case FORCE -> unforced.remove(change.file());
        case DELETE -> unforced.remove(change.file());
        case LINK -> {
          assertThat(unforced)
              .filteredOn(file -> !file.toString().contains("_delta_log"))
              .isEmpty();
          assertThat(unforced).doesNotContain(change.other());
          commits++;
        }
        default -> {}
      }
    }
    assertThat(commits).isPositive();
  }

  /** Whether readers may notice a change. */
  private static boolean isSeen(Change change) {
    var target = change.kind() == Change.Kind.MOVE ? change.other() : change.file();
    return !target.getFileName().toString().startsWith(".")
        && target.getParent().endsWith("_delta_log")
        && change.kind() != Change.Kind.FORCE;
  }

  /** Reads a copy of the lake as after a crash, publishes the slice again, and reads that. */
  private void requireWholeAfterCrash(
      Path crashed, int attempt, boolean isAcknowledged, String when) throws IOException {
    var lake = folder.resolve("crashed");
    FileUtils.copyDirectory(crashed.toFile(), lake.toFile());
    var allowed = new TreeMap<LocalDate, List<Integer>>();
    for (var earlier = 1; earlier < attempt; earlier++) {
      allowed.put(CrashTable.night(earlier), List.of(earlier));
    }
    var night = CrashTable.night(attempt);
    var old = allowed.getOrDefault(night, List.of(0)).get(0);
    allowed.put(night, isAcknowledged ? List.of(attempt) : List.of(old, attempt));
    requireWhole(lake, allowed, when);

    var again = attempt + 4;
    assertThat(CrashTable.night(again)).isEqualTo(night);
    CrashTable.publish(SparkTest.spark(), lake, again);
    allowed.put(night, List.of(again));
    requireWhole(lake, allowed, "published again, " + when);
    assertThat(constraints(lake)).as(when).contains("attempt > 0");
    FileUtils.deleteDirectory(lake.toFile());
  }

  private static void requireWhole(Path lake, Map<LocalDate, List<Integer>> allowed, String when) {
    assertThat(CrashTable.read(lake, allowed).values())
        .as(when)
        .extracting(CrashTable.Slice::state)
        .containsOnly(State.WHOLE);
  }

  private static List<String> constraints(Path lake) {
    var table = lake.resolve(CrashTable.SPEC.path()).toString();
    return List.copyOf(
        DeltaTable.forPath(SparkTest.spark(), table)
            .detail()
            .select("properties")
            .first()
            .<String, String>getJavaMap(0)
            .values());
  }

  private static Path log(Path lake) {
    return lake.resolve(CrashTable.SPEC.path()).resolve("_delta_log");
  }

  /** All but locks, which are not of the recorded file system and hold nothing. */
  private static List<String> files(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      return all.map(folder::relativize)
          .filter(file -> !file.startsWith("locks"))
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }
}
