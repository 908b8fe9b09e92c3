package io.nightfeed.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.lake.Damage.Remedy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real table of twelve versions, damaged in one way after the other. */
class TableRepairTest {
  private static final Instant NOW = Instant.parse("2025-06-20T01:02:03.4Z");
  private static final int LAST = 12;
  private static final int CHECKPOINT = 10;

  @TempDir private static Path folder;
  private static Path original;
  private static ContentHash before;

  @TempDir private Path scratch;
  private Path lake;
  private Path log;

  @BeforeAll
  static void publish() {
    original = folder.resolve("original");
    for (var attempt = 1; attempt <= LAST; attempt++) {
      CrashTable.publish(SparkTest.spark(), original, attempt);
    }
    before = content(original);
  }

  @BeforeEach
  void copyLake() throws IOException {
    lake = scratch.resolve("lake");
    FileUtils.copyDirectory(original.toFile(), lake.toFile());
    log = lake.resolve(CrashTable.SPEC.path()).resolve("_delta_log");
    DeltaLog.clearCache();
  }

  @Test
  void healthyTable_hasNoFindings() {
    assertThat(check()).isEmpty();
  }

  @Test
  void damagedCheckpoint_isMovedAsideAndTheTableIsReadAgain() throws IOException {
    var checkpoint = file(CHECKPOINT, "checkpoint.parquet");
    overwrite(checkpoint, "not a checkpoint");
    assertThat(repair()).containsExactly(Damage.DAMAGED_CHECKPOINT, Damage.DAMAGED_HINT);
    requireHealthyWithEveryRow();
    assertThat(lake.resolve("repaired/2025-06-20T010203Z").resolve(lake.relativize(checkpoint)))
        .hasContent("not a checkpoint");
  }

  @Test
  void emptyCheckpoint_isMovedAside() throws IOException {
    overwrite(file(CHECKPOINT, "checkpoint.parquet"), "");
    assertThat(repair()).containsExactly(Damage.DAMAGED_CHECKPOINT, Damage.DAMAGED_HINT);
    requireHealthyWithEveryRow();
  }

  @Test
  void wholeCheckpointOfOtherContent_isMovedAside() throws IOException {
    var later = folder.resolve("later");
    for (var attempt = 20; attempt < 30; attempt++) {
      CrashTable.publish(SparkTest.spark(), later, attempt);
    }
    for (var name : List.of("%020d.checkpoint.parquet", ".%020d.checkpoint.parquet.crc")) {
      Files.copy(
          later.resolve(CrashTable.SPEC.path()).resolve("_delta_log").resolve(name.formatted(10)),
          log.resolve(name.formatted(10)),
          StandardCopyOption.REPLACE_EXISTING);
    }
    assertThat(repair()).containsExactly(Damage.DAMAGED_CHECKPOINT, Damage.DAMAGED_HINT);
    requireHealthyWithEveryRow();
  }

  @Test
  void damagedCheckpointWithoutTheEntriesBefore_isRefused() throws IOException {
    for (var version = 0; version < CHECKPOINT; version++) {
      Files.delete(file(version, "json"));
    }
    assertThat(check()).isEmpty();
    overwrite(file(CHECKPOINT, "checkpoint.parquet"), "");
    assertThat(repair()).contains(Damage.NEEDED_CHECKPOINT);
    assertThat(file(CHECKPOINT, "checkpoint.parquet")).exists();
  }

  @Test
  void tornLastEntryThatNobodyWasToldOf_isMovedAside() throws IOException {
    for (var content : List.of("", "{\"commitInfo\":{\"timest")) {
      overwrite(file(LAST + 1, "json"), content);
      assertThat(repair()).containsExactly(Damage.UNCOMMITTED_ENTRY);
      requireHealthyWithEveryRow();
      FileUtils.deleteDirectory(lake.resolve("repaired").toFile());
    }
    CrashTable.publish(SparkTest.spark(), lake, LAST + 1);
    assertThat(check()).isEmpty();
  }

  @Test
  void tornLastEntryThatWasAcknowledged_isRefusedAndNamesTheNight() throws IOException {
    overwrite(file(LAST, "json"), "");
    assertThat(repair()).containsExactly(Damage.TORN_ENTRY);
    assertThat(file(LAST, "json")).exists();
    assertThat(check().get(0).detail()).contains(CrashTable.night(LAST).toString());
  }

  @Test
  void tornAndMissingEntriesAfterTheCheckpoint_areRefused() throws IOException {
    overwrite(file(LAST - 1, "json"), "{\"add\":");
    assertThat(repair()).containsExactly(Damage.TORN_ENTRY);
    Files.delete(file(LAST - 1, "json"));
    assertThat(repair()).containsExactly(Damage.MISSING_ENTRY);
  }

  @Test
  void tornAndMissingEntriesBeforeTheCheckpoint_areHistoryOnly() throws IOException {
    overwrite(file(3, "json"), "");
    Files.delete(file(5, "json"));
    assertThat(repair()).containsExactly(Damage.LOST_HISTORY, Damage.LOST_HISTORY);
    assertThat(content(lake)).isEqualTo(before);
  }

  @Test
  void entryThatLostLines_isFoundByItsChecksum() throws IOException {
    var entry = file(LAST, "json");
    var lines = Files.readAllLines(entry);
    Files.write(entry, lines.stream().filter(line -> !line.startsWith("{\"add\"")).toList());
    assertThat(repair()).containsExactly(Damage.CONTRADICTION);
    assertThat(entry).exists();
  }

  @Test
  void damagedChecksums_areMovedAside() throws IOException {
    overwrite(file(LAST, "crc"), "");
    overwrite(file(4, "crc"), "{}");
    assertThat(repair()).containsExactly(Damage.DAMAGED_CHECKSUM, Damage.DAMAGED_CHECKSUM);
    assertThat(content(lake)).isEqualTo(before);
    assertThat(check()).extracting(Finding::damage).containsExactly(Damage.MISSING_CHECKSUM);
    CrashTable.publish(SparkTest.spark(), lake, LAST + 1);
    assertThat(check()).isEmpty();
  }

  @Test
  void checksumThatLaterOnesContradict_isMovedAside() throws IOException {
    var checksum = file(LAST - 1, "crc");
    overwrite(
        checksum, Files.readString(checksum).replaceFirst("\"numFiles\":\\d+", "\"numFiles\":99"));
    Files.delete(LogFiles.sidecar(checksum));
    assertThat(repair()).containsExactly(Damage.DAMAGED_CHECKSUM);
    requireHealthyWithEveryRow();
  }

  @Test
  void staleHadoopChecksumOfAnEntry_isMovedAside() throws IOException {
    var entry = file(LAST, "json");
    Files.copy(
        LogFiles.sidecar(file(LAST - 1, "crc")),
        LogFiles.sidecar(entry),
        StandardCopyOption.REPLACE_EXISTING);
    assertThat(repair()).containsExactly(Damage.STALE_SIDECAR);
    requireHealthyWithEveryRow();
  }

  @Test
  void missingAndCutDataFiles_areRefusedUntilTheNightRanAgain() throws IOException {
    var missing = CrashTable.night(LAST);
    var cut = CrashTable.night(LAST - 1);
    Files.delete(dataFile(missing.toString()));
    overwrite(dataFile(cut.toString()), "cut");
    assertThat(repair()).containsExactly(Damage.MISSING_DATA, Damage.CUT_DATA);
    assertThat(check())
        .extracting(Finding::detail)
        .anyMatch(detail -> detail.contains("--run-date " + missing))
        .anyMatch(detail -> detail.contains("--run-date " + cut));
    CrashTable.publish(SparkTest.spark(), lake, LAST);
    CrashTable.publish(SparkTest.spark(), lake, LAST - 1);
    requireHealthyWithEveryRow();
  }

  @Test
  void oldTemporaryFiles_areRemoved_youngOnesStay() throws IOException {
    var old = log.resolve("." + LAST + ".json.0a.tmp");
    var young = log.resolve("." + LAST + ".json.0b.tmp");
    overwrite(old, "{");
    overwrite(young, "{");
    Files.setLastModifiedTime(old, FileTime.from(NOW.minus(Duration.ofHours(1))));
    Files.setLastModifiedTime(young, FileTime.from(NOW.minus(Duration.ofMinutes(1))));
    assertThat(repair()).containsExactly(Damage.LEFTOVER);
    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(content(lake)).isEqualTo(before);
  }

  @Test
  void lostLog_isRefused() throws IOException {
    FileUtils.cleanDirectory(log.toFile());
    assertThat(repair()).containsExactly(Damage.MISSING_ENTRY);
  }

  private void requireHealthyWithEveryRow() {
    assertThat(check()).isEmpty();
    assertThat(content(lake)).isEqualTo(before);
  }

  private List<Finding> check() {
    return TableCheck.of(SparkTest.spark(), lake, CrashTable.SPEC, NOW);
  }

  /** Mends; what was found. Looking changes nothing, and what is refused is found again. */
  private List<Damage> repair() {
    var files = files();
    var findings = check();
    assertThat(files()).isEqualTo(files);
    var repair = new Repair(lake, NOW);
    findings.forEach(repair::mend);
    var refused = findings.stream().filter(one -> one.damage().remedy() == Remedy.REFUSE).toList();
    assertThat(check()).containsAll(refused);
    return findings.stream().map(Finding::damage).toList();
  }

  private List<Path> files() {
    try (var all = Files.walk(lake)) {
      return all.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ContentHash content(Path lake) {
    DeltaLog.clearCache();
    return ContentHash.of(new Lake(SparkTest.spark(), lake).all(CrashTable.SPEC));
  }

  private Path file(int version, String kind) {
    return log.resolve("%020d.%s".formatted(version, kind));
  }

  /** A data file of the slice, one that the newest version has. */
  private Path dataFile(String night) {
    DeltaLog.clearCache();
    var names = new Lake(SparkTest.spark(), lake).all(CrashTable.SPEC).inputFiles();
    return Arrays.stream(names)
        .filter(name -> name.contains("=" + night + "/"))
        .map(name -> Path.of(java.net.URI.create(name)))
        .findFirst()
        .orElseThrow();
  }

  private static void overwrite(Path file, String content) throws IOException {
    Files.write(file, content.getBytes(StandardCharsets.UTF_8));
  }
}
