package io.nightfeed.simulate;

import io.nightfeed.raw.Action;
import io.nightfeed.raw.RawEvent;
import io.nightfeed.simulate.Draw.Purpose;
import io.nightfeed.simulate.LoggingPolicy.Shown;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** One day on the platform: visits, impressions, and the engagement that the truth gives them. */
final class UserDay {
  /** Within these hours the logging policy stays the same, and a visit never leaves them. */
  static final Duration SHIFT = Duration.ofHours(4);

  static final int SHIFTS = 6;

  /** What an engagement is, whoever engages with whatever. */
  static final Map<Action, Double> ENGAGEMENTS = engagements();

  private static final int MOST_ENGAGEMENTS = 12;
  private static final int VISIT_SECONDS = 3 * 3600;
  private static final int SLOTS_OF_A_SHORT_VISIT = 6;
  private static final int MOST_SLOTS = 200;

  /** Most visits are in the afternoon and evening. */
  private static final double[] SHIFT_ENDS = {0.03, 0.10, 0.30, 0.50, 0.72, 1.0};

  private final SimulationSettings settings;
  private final TruthModel truth;
  private final Delivery delivery;

  UserDay(SimulationSettings settings, TruthModel truth, Delivery delivery) {
    this.settings = settings;
    this.truth = truth;
    this.delivery = delivery;
  }

  /** Simulates what a user does on a day, which may be nothing. */
  void simulate(SimulatedUser user, int day, List<LoggingPolicy> policies) throws IOException {
    var draw = Draw.of(settings.seed(), Purpose.DAY, user.index(), day);
    if (day < user.arrivalDay() || (day > user.arrivalDay() && !draw.chance(user.activeShare()))) {
      return;
    }
    var slots = slots(user, draw);
    var shifts = new TreeSet<Integer>();
    shifts.add(shift(draw));
    if (slots > SLOTS_OF_A_SHORT_VISIT) {
      shifts.add(shift(draw));
    }
    var date = settings.firstDay().plusDays(day);
    var left = slots;
    var visitsLeft = shifts.size();
    for (var shift : shifts) {
      var inThisVisit = (left + visitsLeft - 1) / visitsLeft;
      left -= inThisVisit;
      visitsLeft--;
      var start = shiftStart(date, shift).plusSeconds(draw.below(VISIT_SECONDS));
      var visit = new Visit(user, day, shift, start);
      visit.scroll(inThisVisit, policies.get(shift), draw);
    }
  }

  static Instant shiftStart(LocalDate date, int shift) {
    return date.atStartOfDay(ZoneOffset.UTC).toInstant().plus(SHIFT.multipliedBy(shift));
  }

  private static int slots(SimulatedUser user, Draw draw) {
    var mean = user.impressionsPerDay() * draw.logNormal(0.2);
    return Math.max(2, Math.min(MOST_SLOTS, (int) Math.rint(mean)));
  }

  private static int shift(Draw draw) {
    var u = draw.uniform();
    var shift = 0;
    while (u >= SHIFT_ENDS[shift]) {
      shift++;
    }
    return shift;
  }

  private static Map<Action, Double> engagements() {
    var shares = new LinkedHashMap<Action, Double>();
    shares.put(Action.CLICK, 0.42);
    shares.put(Action.LIKE, 0.20);
    shares.put(Action.SHARE, 0.07);
    shares.put(Action.COMMENT, 0.30);
    shares.put(Action.FOLLOW, 0.01);
    return shares;
  }

  /** One visit: slots filled one after the other. */
  private final class Visit {
    private final SimulatedUser user;
    private final int day;
    private final int shift;
    private final String session;
    private Instant clock;
    private int position;
    private int eventsOfSlot;

    Visit(SimulatedUser user, int day, int shift, Instant start) {
      this.user = user;
      this.day = day;
      this.shift = shift;
      session = "s" + user.index() + "-" + day + "-" + shift;
      clock = start;
    }

    void scroll(int slots, LoggingPolicy policy, Draw draw) throws IOException {
      for (position = 1; position <= slots; position++) {
        eventsOfSlot = 0;
        var shown = policy.show(user, draw);
        if (shown != null) {
          impression(shown);
        }
      }
    }

    private void impression(Shown shown) throws IOException {
      var post = shown.post().truth();
      var mood = user.mood(day);
      var draw = Draw.of(settings.seed(), Purpose.ENGAGEMENT, user.index(), day, shift, position);
      var count = draw.poisson(truth.intensity(user.truth(), post, mood), MOST_ENGAGEMENTS);
      var dwell = (long) Math.min(60_000, 1500 * (1 + count) * draw.logNormal(0.7));
      deliver(
          event(post, Action.VIEW)
              .withImpression(position, Rounding.to6(shown.propensity()), dwell));
      for (var i = 0; i < count; i++) {
        clock = clock.plusMillis(1000 + draw.below(4000));
        engagement(post, mood, draw);
      }
      reject(post, draw);
      clock = clock.plusMillis(dwell + 500);
    }

    private void engagement(TruePost post, double mood, Draw draw) throws IOException {
      var action = action(draw.uniform());
      var event = event(post, action);
      if (action == Action.COMMENT) {
        var text = CommentWriting.write(user.truth(), post, mood, draw);
        event = event.withText(text, user.truth().languages().get(0));
      }
      deliver(event);
    }

    /** Few hide or report, more so where they are abused; feelings have no part in it. */
    private void reject(TruePost post, Draw draw) throws IOException {
      if (draw.chance(post.toxic() ? 0.04 : 0.002)) {
        clock = clock.plusMillis(800);
        deliver(event(post, Action.HIDE));
      }
      if (draw.chance(post.toxic() ? 0.03 : 0.0004)) {
        clock = clock.plusMillis(800);
        deliver(event(post, Action.REPORT));
      }
    }

    private RawEvent event(TruePost post, Action action) {
      var id = String.format(Locale.ROOT, "e%012x", key(eventsOfSlot));
      return RawEvent.of(id, clock, user.truth().userId(), post.postId(), action)
          .withSession(session);
    }

    private void deliver(RawEvent event) throws IOException {
      delivery.deliver(event, key(eventsOfSlot), settings.firstDay().plusDays(day));
      eventsOfSlot++;
    }

    /**
     * Names an event by user, day (12 bits), shift (4), position (8) and number in the slot (8).
     */
    private long key(int number) {
      return (((((long) user.index() << 12 | day) << 4 | shift) << 8 | position) << 8) | number;
    }

    private Action action(double u) {
      var cumulative = 0.0;
      for (var share : ENGAGEMENTS.entrySet()) {
        cumulative += share.getValue();
        if (u < cumulative) {
          return share.getKey();
        }
      }
      return Action.CLICK;
    }
  }
}
