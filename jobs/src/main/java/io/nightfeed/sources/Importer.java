package io.nightfeed.sources;

import io.nightfeed.raw.ExistingRecords;
import io.nightfeed.raw.RawEvent;
import io.nightfeed.raw.RawFormat;
import io.nightfeed.raw.RawSource;
import io.nightfeed.raw.RawWriter;
import io.nightfeed.sources.Dataset.PostVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Lands a data set, each record on a night. */
final class Importer {
  private final Path raw;
  private final Landing landing;
  private final ExistingRecords existing;

  /** On which night a record lands. */
  @FunctionalInterface
  interface Landing {
    /** Empty where it comes after all nights. */
    Optional<LocalDate> of(Instant happened);

    /**
     * On its UTC date.
     *
     * @param firstNight everything from before it lands on its eve; null for no backlog
     */
    static Landing daily(LocalDate firstNight) {
      return happened -> Optional.of(RawFormat.landingDate(happened, firstNight));
    }

    /** On the first of these nights that ends after it. */
    static Landing on(Collection<LocalDate> nights) {
      var ordered = new TreeSet<>(nights);
      return happened ->
          Optional.ofNullable(ordered.ceiling(RawFormat.landingDate(happened, null)));
    }
  }

  Importer(Path raw, Landing landing, ExistingRecords existing) {
    this.raw = raw;
    this.landing = landing;
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
      var night = landing.of(event.eventTime());
      if (night.isPresent()) {
        writer.sealBefore(night.get());
        writer.write(night.get(), event);
      }
    }
  }

  /** Of the versions of a post that land on the same date, the last is the one that counts. */
  private void writePosts(Dataset dataset, RawWriter writer) throws IOException {
    var versions = new ArrayList<>(dataset.posts());
    versions.sort(Comparator.comparing(PostVersion::knownSince));
    var byLanding = new TreeMap<LocalDate, Map<String, PostVersion>>();
    for (var version : versions) {
      landing
          .of(version.knownSince())
          .ifPresent(
              night ->
                  byLanding
                      .computeIfAbsent(night, date -> new TreeMap<>())
                      .put(version.post().postId(), version));
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
