package io.nightfeed.simulate;

import io.nightfeed.simulate.Draw.Purpose;
import java.util.List;
import java.util.Locale;

/**
 * One user: the truth, and what concerns the simulation alone.
 *
 * @param index from 0
 * @param truth interests and languages
 * @param impressionsPerDay mean of an active day
 * @param activeShare share of days with a visit
 * @param arrivalDay first day on the platform, from 0
 * @param moods by day, beginning {@link #DAYS_BEFORE} days before the first
 */
record SimulatedUser(
    int index,
    TrueUser truth,
    double impressionsPerDay,
    double activeShare,
    int arrivalDay,
    double[] moods) {
  /** Days before the first one in which posts are written. */
  static final int DAYS_BEFORE = 5;

  static final String ENGLISH = "en";
  static final String CHINESE = "zh";

  private static final double ENGLISH_SHARE = 0.65;
  private static final double BILINGUAL_SHARE = 0.15;
  private static final double LATE_ARRIVALS = 0.15;
  private static final int LIKED_TOPICS = 3;
  private static final int DISLIKED_TOPICS = 3;

  /** Makes the mean intensity of what is shown about 0.2. */
  private static final double MEAN_B = -3.1;

  /** Some people engage ten times as often as others, as on every platform. */
  private static final double B_SIGMA = 0.8;

  static SimulatedUser draw(SimulationSettings settings, int index) {
    var draw = Draw.of(settings.seed(), Purpose.USER, index);
    var truth =
        new TrueUser(
            String.format(Locale.ROOT, "u%05d", index + 1),
            interests(draw),
            Rounding.to6(MEAN_B + B_SIGMA * draw.normal()),
            languages(draw));
    var impressions = settings.impressionsPerDay() * draw.logNormal(0.45);
    var activeShare = draw.uniform(0.5, 0.97);
    // The first user is there from the beginning, so that every post finds an author.
    var arrivesLate = draw.chance(LATE_ARRIVALS) && index > 0 && settings.days() > 1;
    var arrival = arrivesLate ? 1 + draw.below(settings.days() - 1) : 0;
    return new SimulatedUser(
        index, truth, impressions, activeShare, arrival, moods(settings, index));
  }

  /**
   * @param day from 0; negative before the first
   */
  double mood(int day) {
    return moods[day + DAYS_BEFORE];
  }

  boolean reads(String language) {
    return truth.languages().contains(language);
  }

  /** A few liked topics, a few disliked, and little feeling about the rest. */
  private static double[] interests(Draw draw) {
    var order = new int[Topic.COUNT];
    for (var i = 0; i < order.length; i++) {
      var j = draw.below(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    var theta = new double[Topic.COUNT];
    for (var i = 0; i < theta.length; i++) {
      double interest;
      if (i < LIKED_TOPICS) {
        interest = draw.uniform(1.0, 2.0);
      } else if (i < LIKED_TOPICS + DISLIKED_TOPICS) {
        interest = -draw.uniform(0.8, 1.6);
      } else {
        interest = 0.2 * draw.normal();
      }
      theta[order[i]] = Rounding.to6(interest);
    }
    return theta;
  }

  private static List<String> languages(Draw draw) {
    var english = draw.chance(ENGLISH_SHARE);
    var own = english ? ENGLISH : CHINESE;
    var other = english ? CHINESE : ENGLISH;
    return draw.chance(BILINGUAL_SHARE) ? List.of(own, other) : List.of(own);
  }

  /**
   * Mood is tanh of an autoregressive process around 0 that forgets slowly, less a low spell of one
   * or two weeks now and then.
   */
  private static double[] moods(SimulationSettings settings, int index) {
    var persistence = 0.9;
    var sigma = 0.55;
    var draw = Draw.of(settings.seed(), Purpose.MOOD, index);
    var moods = new double[settings.days() + DAYS_BEFORE];
    var level = sigma * draw.normal();
    var spellDaysLeft = 0;
    for (var day = 0; day < moods.length; day++) {
      var shock = draw.normal();
      var spellStarts = draw.chance(0.012);
      var spellDays = 6 + draw.below(9);
      if (spellStarts && spellDaysLeft == 0) {
        spellDaysLeft = spellDays;
      }
      var low = spellDaysLeft > 0 ? 0.9 : 0.0;
      moods[day] = Rounding.to6(StrictMath.tanh(level - low));
      level = persistence * level + StrictMath.sqrt(1 - persistence * persistence) * sigma * shock;
      spellDaysLeft = Math.max(0, spellDaysLeft - 1);
    }
    return moods;
  }
}
