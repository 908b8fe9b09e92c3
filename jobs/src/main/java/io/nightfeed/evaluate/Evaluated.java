package io.nightfeed.evaluate;

import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Recommender.Role;
import io.nightfeed.evaluate.Recommender.Scores;
import io.nightfeed.evaluate.Recommender.Setting;
import io.nightfeed.evaluate.UserFigures.Column;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What a method reached.
 *
 * @param everybody figures of all users
 * @param byHistory figures of users of short and long histories; a user may be of one at one split
 *     and of another at the next
 * @param lists what its lists are like
 */
record Evaluated(
    Recommender method,
    Choice choice,
    UserFigures everybody,
    Map<HistorySegment, UserFigures> byHistory,
    ListFigures lists) {

  /**
   * How the setting was found.
   *
   * @param setting the best one
   * @param tried all of them; none where there was nothing to choose
   */
  record Choice(Setting setting, List<Tried> tried) {}

  /**
   * @param figure on the validation part
   */
  record Tried(String setting, double figure) {}

  static Evaluated none(Recommender method, Choice choice, Protocol protocol) {
    int users = protocol.validation().test().users();
    var names = protocol.measure().names();
    var byHistory = new EnumMap<HistorySegment, UserFigures>(HistorySegment.class);
    for (var segment : HistorySegment.values()) {
      byHistory.put(segment, UserFigures.none(users, names));
    }
    return new Evaluated(
        method,
        choice,
        UserFigures.none(users, names),
        byHistory,
        new ListFigures(users, protocol.items(), protocol.listLength()));
  }

  /** Adds what the method reached on a split. */
  void add(Scores recommender, Measure measure, Split split) {
    var ofSplit = lists.of(split);
    IntStream.range(0, split.test().users())
        .parallel()
        .filter(user -> measure.weight(user, split) > 0)
        .forEach(
            user -> {
              var scores = new double[split.train().items()];
              recommender.write(user, scores);
              double weight = measure.weight(user, split);
              var figures = measure.of(scores, user, split);
              everybody.add(user, weight, figures);
              ofHistory(split.train().byUser()[user].length).add(user, weight, figures);
              ofSplit.add(user, scores);
            });
    ofSplit.end();
  }

  private UserFigures ofHistory(int size) {
    return byHistory.entrySet().stream()
        .filter(entry -> entry.getKey().holds(size))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }

  boolean is(Role role) {
    return method.role() == role;
  }

  String name() {
    return method.name();
  }

  double mean(String figure) {
    return everybody.column(figure).mean();
  }

  /**
   * A figure by segments of users and, where it is measured, of posts; those that are empty too.
   */
  Map<String, Column> segments(String figure) {
    var segments = new LinkedHashMap<String, Column>();
    byHistory.forEach(
        (segment, figures) ->
            segments.put(segment.name().toLowerCase(Locale.ROOT), figures.column(figure)));
    if (everybody.names().contains(Measure.SEEN + figure)) {
      segments.put("warm", everybody.column(Measure.SEEN + figure));
      segments.put("cold", everybody.column(Measure.UNSEEN + figure));
    }
    return segments;
  }
}
