package io.nightfeed.simulate;

import io.nightfeed.raw.RawEvent;
import io.nightfeed.raw.RawFormat;
import io.nightfeed.raw.RawLines;
import io.nightfeed.raw.RawPost;
import io.nightfeed.raw.RawSource;
import io.nightfeed.raw.RawWriter;
import io.nightfeed.simulate.Draw.Purpose;
import java.io.IOException;
import java.time.LocalDate;

/**
 * Brings records to their landing folders as imperfectly as platforms do: some late, some twice,
 * and broken lines in between. Broken lines are spoilt copies under another identifier, so no event
 * of the truth is missing. Nothing lands before it happened, nor after the last day.
 */
final class Delivery {
  static final double LATE_SHARE = 0.01;
  static final double REPEAT_SHARE = 0.005;
  static final double BROKEN_SHARE = 0.003;

  private static final double REPEAT_ON_NEXT_NIGHT = 0.4;
  private static final int MOST_DAYS_LATE = 3;

  private final SimulationSettings settings;
  private final RawWriter writer;
  private final PlantedCounts planted = PlantedCounts.none();

  Delivery(SimulationSettings settings, RawWriter writer) {
    this.settings = settings;
    this.writer = writer;
  }

  PlantedCounts planted() {
    return planted;
  }

  /**
   * @param key names the event in draws
   * @param date UTC date of the event
   */
  void deliver(RawEvent event, long key, LocalDate date) throws IOException {
    var draw = Draw.of(settings.seed(), Purpose.EVENT_DELIVERY, key);
    var delay = draw.chance(LATE_SHARE) ? 1 + draw.below(MOST_DAYS_LATE) : 0;
    var arrived = date.plusDays(delay);
    if (arrived.isAfter(settings.lastDay())) {
      arrived = date;
    }
    var landing = landing(arrived);
    writeEvent(landing, RawLines.of(event));
    if (!landing.equals(landing(date))) {
      planted.add(landing, Planted.LATE_EVENTS);
    }
    if (draw.chance(REPEAT_SHARE)) {
      repeat(event, arrived, draw);
    }
    if (draw.chance(BROKEN_SHARE)) {
      var kind = draw.pick(BrokenRecord.in(RawSource.EVENTS));
      writeEvent(landing, kind.of(RawLines.of(event.withId("x" + event.eventId()))));
      planted.add(landing, Planted.BROKEN_EVENTS);
      planted.brokenEvents().merge(kind.label(), 1L, Long::sum);
    }
  }

  /**
   * @param key names the post in draws
   * @param date UTC date on which the post arrives
   */
  void deliver(RawPost post, long key, LocalDate date) throws IOException {
    var draw = Draw.of(settings.seed(), Purpose.POST_DELIVERY, key);
    var landing = landing(date);
    var line = RawLines.of(post);
    writePost(landing, line);
    if (draw.chance(BROKEN_SHARE)) {
      var kind = draw.pick(BrokenRecord.in(RawSource.POSTS));
      writePost(landing, kind.of(line));
      planted.add(landing, Planted.BROKEN_POSTS);
      planted.brokenPosts().merge(kind.label(), 1L, Long::sum);
    }
  }

  private void repeat(RawEvent event, LocalDate arrived, Draw draw) throws IOException {
    var nextNight = draw.chance(REPEAT_ON_NEXT_NIGHT) && arrived.isBefore(settings.lastDay());
    var again = landing(nextNight ? arrived.plusDays(1) : arrived);
    writeEvent(again, RawLines.of(event));
    planted.add(
        again,
        again.equals(landing(arrived))
            ? Planted.REPEATS_OF_SAME_NIGHT
            : Planted.REPEATS_OF_EARLIER_NIGHT);
  }

  private LocalDate landing(LocalDate arrived) {
    return RawFormat.landingDate(arrived, settings.firstNight());
  }

  private void writeEvent(LocalDate landing, byte[] line) throws IOException {
    writer.writeLine(RawSource.EVENTS, landing, line);
    planted.add(landing, Planted.EVENT_LINES);
  }

  private void writePost(LocalDate landing, byte[] line) throws IOException {
    writer.writeLine(RawSource.POSTS, landing, line);
    planted.add(landing, Planted.POST_LINES);
  }
}
