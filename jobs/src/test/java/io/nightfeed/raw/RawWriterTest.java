package io.nightfeed.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawWriterTest {
  private static final LocalDate NIGHT = LocalDate.parse("2025-06-01");
  private static final Instant NOON = Instant.parse("2025-06-01T12:00:00Z");
  private static final Path PART = Path.of("events", "2025-06-01", "part-00000.jsonl.gz");

  @TempDir Path raw;

  @Test
  void publish_writesLinesInTheOrderGiven() throws IOException {
    publish("e2", "e1");
    assertThat(RawFiles.records(raw, RawSource.EVENTS).get(NIGHT))
        .extracting(record -> record.path("event_id").asText())
        .containsExactly("e2", "e1");
  }

  @Test
  void gzipHeader_carriesNoTime() throws IOException {
    publish("e1");
    var header = Files.readAllBytes(raw.resolve(PART));
    assertThat(header[4] | header[5] | header[6] | header[7]).isZero();
  }

  @Test
  void close_withoutPublishLeavesNothing() throws IOException {
    try (var writer = new RawWriter(raw, ExistingRecords.KEEP)) {
      writer.write(NIGHT, event("e1"));
      assertThat(raw.resolve(PART)).doesNotExist();
    }
    assertThat(RawFiles.contents(raw)).isEmpty();
  }

  @Test
  void keep_refusesAFolderWithRecords() throws IOException {
    publish("e1");
    assertThatThrownBy(() -> new RawWriter(raw, ExistingRecords.KEEP))
        .isInstanceOfSatisfying(
            JobFailure.class, failure -> assertThat(failure.code()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("--replace");
  }

  @Test
  void replace_removesEarlierNights() throws IOException {
    publish("e1");
    try (var writer = new RawWriter(raw, ExistingRecords.REPLACE)) {
      writer.write(NIGHT.plusDays(1), event("e2"));
      writer.publish();
    }
    assertThat(RawFiles.contents(raw).keySet())
        .containsExactly("events/2025-06-02/part-00000.jsonl.gz");
  }

  @Test
  void replace_keepsEarlierRecordsUntilPublished() throws IOException {
    publish("e1");
    var before = Files.readAllBytes(raw.resolve(PART));
    try (var writer = new RawWriter(raw, ExistingRecords.REPLACE)) {
      writer.write(NIGHT, event("e2"));
    }
    assertThat(raw.resolve(PART)).hasBinaryContent(before);
  }

  @Test
  void replace_leavesForeignFilesAlone() throws IOException {
    var foreign = Files.createDirectories(raw.resolve("events/2025-06-01")).resolve("mine.jsonl");
    Files.writeString(foreign, "{}\n");
    assertThatThrownBy(() -> new RawWriter(raw, ExistingRecords.REPLACE))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("mine.jsonl");
    assertThat(foreign).exists();
  }

  @Test
  void sealedNight_takesNoMoreLines() throws IOException {
    try (var writer = new RawWriter(raw, ExistingRecords.KEEP)) {
      writer.write(NIGHT, event("e1"));
      writer.sealBefore(NIGHT.plusDays(1));
      assertThatThrownBy(() -> writer.write(NIGHT, event("e2")))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private void publish(String... eventIds) throws IOException {
    try (var writer = new RawWriter(raw, ExistingRecords.KEEP)) {
      for (var id : eventIds) {
        writer.write(NIGHT, event(id));
      }
      writer.publish();
    }
  }

  private static RawEvent event(String id) {
    return RawEvent.of(id, NOON, "u1", "p1", Action.VIEW);
  }
}
