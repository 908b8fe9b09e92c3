package io.nightfeed.simulate;

import io.nightfeed.simulate.Draw.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/**
 * One post: the truth, and what concerns the simulation alone.
 *
 * @param index from 0
 * @param truth topics, quality and tone
 * @param createdAt when it was posted
 * @param popularity weight in the logging policy, median 1; goes with quality, since platforms know
 *     a little of it
 */
record SimulatedPost(int index, TruePost truth, Instant createdAt, double popularity) {
  private static final double QUALITY_SIGMA = 0.7;
  private static final double APPEAL_SIGMA = 0.3;
  private static final double SECOND_TOPIC = 0.3;
  private static final double NEUTRAL_SHARE = 0.2;
  private static final double TOXIC_SHARE = 0.03;
  private static final int AUTHOR_TRIES = 8;

  static SimulatedPost draw(SimulationSettings settings, List<SimulatedUser> users, int index) {
    var draw = Draw.of(settings.seed(), Purpose.POST, index);
    var daysBefore = Duration.ofDays(SimulatedUser.DAYS_BEFORE);
    var from = settings.firstDay().atStartOfDay(ZoneOffset.UTC).toInstant().minus(daysBefore);
    var seconds = Duration.ofDays(settings.days()).plus(daysBefore).toSeconds();
    var after = (long) (draw.uniform() * seconds);
    var day = (int) Math.floorDiv(after, Duration.ofDays(1).toSeconds());
    var author = author(draw, users, day - SimulatedUser.DAYS_BEFORE);
    var topic = draw.pick(List.of(Topic.values()));
    var tau = topics(draw, topic);
    var z = draw.normal();
    var quality = Rounding.to6(QUALITY_SIGMA * z);
    var popularity = StrictMath.exp(0.6 * (0.5 * z + StrictMath.sqrt(0.75) * draw.normal()));
    var appeal = Rounding.to6(APPEAL_SIGMA * draw.normal());
    var toxic = draw.chance(TOXIC_SHARE);
    var tone = toxic ? -strong(draw) : tone(draw, author.mood(day - SimulatedUser.DAYS_BEFORE));
    var emotion = toxic ? Emotion.ANGER : emotion(draw, tone);
    var truth =
        new TruePost(
            String.format(Locale.ROOT, "p%05d", index + 1),
            author.truth().userId(),
            topic,
            tau,
            quality,
            appeal,
            tone,
            emotion,
            draw.pick(author.truth().languages()),
            toxic);
    return new SimulatedPost(index, truth, from.plusSeconds(after), popularity);
  }

  /** Users who are on the platform that day, a few of whom write much of what is posted. */
  private static SimulatedUser author(Draw draw, List<SimulatedUser> users, int day) {
    for (var i = 0; i < AUTHOR_TRIES; i++) {
      var u = draw.uniform();
      var candidate = users.get((int) (u * u * users.size()));
      if (candidate.arrivalDay() <= Math.max(0, day)) {
        return candidate;
      }
    }
    return users.get(0);
  }

  private static double[] topics(Draw draw, Topic main) {
    var tau = new double[Topic.COUNT];
    var second = draw.below(Topic.COUNT);
    var share = draw.chance(SECOND_TOPIC) ? Rounding.to6(draw.uniform(0.1, 0.3)) : 0;
    if (second == main.ordinal()) {
      share = 0;
    }
    tau[second] = share;
    tau[main.ordinal()] = Rounding.to6(1 - share);
    return tau;
  }

  /** Authors write as they feel, more or less; readers' engagement has no part in it. */
  private static double tone(Draw draw, double authorMood) {
    if (draw.chance(NEUTRAL_SHARE)) {
      return Rounding.to6(draw.uniform(-0.1, 0.1));
    }
    var sign = draw.chance(0.5 + 0.3 * authorMood) ? 1 : -1;
    return sign * (draw.chance(0.35) ? Rounding.to6(draw.uniform(0.3, 0.6)) : strong(draw));
  }

  private static double strong(Draw draw) {
    return Rounding.to6(draw.uniform(0.7, 1.0));
  }

  private static Emotion emotion(Draw draw, double tone) {
    if (Math.abs(tone) <= 0.1) {
      return Emotion.NEUTRAL;
    }
    return tone > 0 ? Emotion.pleasant(draw) : Emotion.unpleasant(draw);
  }
}
