package io.nightfeed.simulate;

import java.util.Map;
import java.util.TreeMap;

/**
 * How a platform was simulated: {@code parameters.json}. Dates are ISO-8601.
 *
 * @param version of the truth files
 * @param seed of every draw
 * @param users number of users
 * @param posts number of posts
 * @param days days of events
 * @param impressionsPerDay median over users of what they are shown on an active day
 * @param firstDay UTC date of the first events
 * @param firstNight everything from before it landed on its eve; null without backlog
 * @param emotionEffect as given on the command line
 * @param kappa size of the emotion effect in {@link TruthModel}
 * @param g0 emotion rate in {@link TruthModel}
 * @param topics order of theta and tau
 * @param engagementShares share of each action among engagements
 * @param uniformShare probability with which the logging policy explores
 * @param lifeDays days for which a post is shown
 * @param planted imperfections
 */
public record TruthParameters(
    int version,
    long seed,
    int users,
    int posts,
    int days,
    double impressionsPerDay,
    String firstDay,
    String firstNight,
    double emotionEffect,
    double kappa,
    double g0,
    Topic[] topics,
    Map<String, Double> engagementShares,
    double uniformShare,
    long lifeDays,
    PlantedCounts planted) {
  static final int VERSION = 1;

  static TruthParameters of(SimulationSettings settings, TruthModel model, PlantedCounts planted) {
    var shares = new TreeMap<String, Double>();
    UserDay.ENGAGEMENTS.forEach((action, share) -> shares.put(action.label(), share));
    return new TruthParameters(
        VERSION,
        settings.seed(),
        settings.users(),
        settings.posts(),
        settings.days(),
        settings.impressionsPerDay(),
        settings.firstDay().toString(),
        settings.firstNight() == null ? null : settings.firstNight().toString(),
        settings.emotionEffect(),
        model.kappa(),
        model.g0(),
        Topic.values(),
        shares,
        LoggingPolicy.UNIFORM_SHARE,
        LoggingPolicy.LIFE.toDays(),
        planted);
  }
}
