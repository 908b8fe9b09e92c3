package io.nightfeed.sources;

import io.nightfeed.raw.ExistingRecords;
import io.nightfeed.raw.RawEvent;
import io.nightfeed.raw.RawFormat;
import io.nightfeed.raw.RawSource;
import io.nightfeed.raw.RawWriter;
import io.nightfeed.sources.Dataset.PostVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lands a data set: each record on its UTC date, or in the backlog of a first night. */
final class Importer {
  private final Path raw;
  private final LocalDate firstNight;
  private final ExistingRecords existing;

  /**
   * @param firstNight everything from before it lands on its eve; null for no backlog
   */
  Importer(Path raw, LocalDate firstNight, ExistingRecords existing) {
    this.raw = raw;
    this.firstNight = firstNight;
    this.existing = existing;
  }

  /** Writes the data set in the order of landing date, time and identifier. */
  Landed land(Dataset dataset) throws IOException {
    try (var writer = new RawWriter(raw, existing)) {
      writePosts(dataset, writer);
      writeEvents(dataset, writer);
      writer.publish();
      return new Landed(writer.lines(RawSource.EVENTS), writer.lines(RawSource.POSTS));
    }
  }

  private void writeEvents(Dataset dataset, RawWriter writer) throws IOException {
    var events = new ArrayList<>(dataset.events());
    events.sort(Comparator.comparing(RawEvent::eventTime).thenComparing(RawEvent::eventId));
    for (var event : events) {
      var landing = RawFormat.landingDate(event.eventTime(), firstNight);
      writer.sealBefore(landing);
      writer.write(landing, event);
    }
  }

  /** Of the versions of a post that land on the same date, the last is the one that counts. */
  private void writePosts(Dataset dataset, RawWriter writer) throws IOException {
    var versions = new ArrayList<>(dataset.posts());
    versions.sort(Comparator.comparing(PostVersion::knownSince));
    var byLanding = new TreeMap<LocalDate, Map<String, PostVersion>>();
    for (var version : versions) {
      var landing = RawFormat.landingDate(version.knownSince(), firstNight);
      byLanding
          .computeIfAbsent(landing, date -> new TreeMap<>())
          .put(version.post().postId(), version);
    }
    for (var night : byLanding.entrySet()) {
      writer.sealBefore(night.getKey());
      for (var version : inOrder(night.getValue())) {
        writer.write(night.getKey(), version.post());
      }
    }
  }

  private static List<PostVersion> inOrder(Map<String, PostVersion> byPost) {
    return byPost.values().stream()
        .sorted(
            Comparator.comparing(PostVersion::knownSince)
                .thenComparing(version -> version.post().postId()))
        .toList();
  }

  /** Lines written, by landing date. */
  record Landed(Map<LocalDate, Long> events, Map<LocalDate, Long> posts) {}
}
