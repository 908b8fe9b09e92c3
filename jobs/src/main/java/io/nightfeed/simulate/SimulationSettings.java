package io.nightfeed.simulate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * The platform to simulate.
 *
 * @param users number of users, some of whom arrive late
 * @param posts number of posts over the whole time, some from before the first day
 * @param days days of events
 * @param impressionsPerDay what a typical user is shown on an active day (the median over users)
 * @param seed of every draw
 * @param firstDay UTC date of the first events
 * @param firstNight everything from before it lands on its eve; null for no backlog
 * @param emotionEffect 1 for a clear and realistic one, 0 for none, below 0 for the opposite
 */
public record SimulationSettings(
    int users,
    int posts,
    int days,
    double impressionsPerDay,
    long seed,
    LocalDate firstDay,
    LocalDate firstNight,
    double emotionEffect) {
  private static final double LARGEST_EFFECT = 3;

  /** Event identifiers have 12 bits for the day. */
  private static final int MOST_DAYS = 4095;

  /** Event identifiers have 8 bits for the place in a visit. */
  private static final double MOST_IMPRESSIONS = 100;

  LocalDate lastDay() {
    return firstDay.plusDays(days - 1L);
  }

  /** Everything that is wrong with the settings, in words; empty when they can be simulated. */
  public List<String> problems() {
    var problems = new ArrayList<String>();
    if (users < 1) {
      problems.add("--users is " + users + "; expected at least 1");
    }
    if (posts < 1) {
      problems.add("--posts is " + posts + "; expected at least 1");
    }
    if (days < 1 || days > MOST_DAYS) {
      problems.add("--days is " + days + "; expected 1 to " + MOST_DAYS);
    }
    if (!(impressionsPerDay >= 1 && impressionsPerDay <= MOST_IMPRESSIONS)) {
      problems.add(
          "--impressions is " + impressionsPerDay + "; expected 1 to " + (int) MOST_IMPRESSIONS);
    }
    if (!(Math.abs(emotionEffect) <= LARGEST_EFFECT)) {
      problems.add(
          "--emotion-effect is "
              + emotionEffect
              + "; expected a number from -"
              + LARGEST_EFFECT
              + " to "
              + LARGEST_EFFECT);
    }
    if (firstNight != null
        && days >= 1
        && (!firstNight.isAfter(firstDay) || firstNight.isAfter(lastDay()))) {
      problems.add(
          "--first-night is "
              + firstNight
              + "; expected a date after the first day, "
              + firstDay
              + ", and not after the last, "
              + lastDay());
    }
    return problems;
  }
}
