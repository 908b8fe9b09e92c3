package io.nightfeed.evaluate;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Figures by user, sums over the splits. Users that nothing was added for hold no memory.
 *
 * @param names of the figures
 * @param sums by user and figure; null without any
 * @param weights by user and figure; null without any
 */
record UserFigures(List<String> names, double[][] sums, double[][] weights) {

  static UserFigures none(int users, List<String> names) {
    return new UserFigures(names, new double[users][], new double[users][]);
  }

  /**
   * Adds a user's figures. Different users' may be added at the same time.
   *
   * @param weight what they count for in means
   * @param figures in the order of the names; what is not a number counts for nothing
   */
  void add(int user, double weight, double[] figures) {
    if (sums[user] == null) {
      sums[user] = new double[figures.length];
      weights[user] = new double[figures.length];
    }
    for (int i = 0; i < figures.length; i++) {
      if (!Double.isNaN(figures[i])) {
        sums[user][i] += weight * figures[i];
        weights[user][i] += weight;
      }
    }
  }

  Column column(String name) {
    int place = names.indexOf(name);
    if (place < 0) {
      throw new IllegalArgumentException(name + " is none of " + names);
    }
    return new Column(this, place);
  }

  /** One figure of all users. */
  record Column(UserFigures figures, int place) {
    /** Those who have the figure, ascending. */
    int[] users() {
      return IntStream.range(0, figures.sums().length).filter(user -> weight(user) > 0).toArray();
    }

    double weight(int user) {
      return figures.weights()[user] == null ? 0 : figures.weights()[user][place];
    }

    /** A user's mean. */
    double of(int user) {
      return figures.sums()[user][place] / figures.weights()[user][place];
    }

    /** Of all users; not a number without any. */
    double mean() {
      double sum = 0;
      double weight = 0;
      for (int user : users()) {
        sum += figures.sums()[user][place];
        weight += weight(user);
      }
      return sum / weight;
    }

    /** The mean and its interval; users must have the figure. */
    PairedBootstrap interval() {
      var users = users();
      return PairedBootstrap.of(
          IntStream.of(users).mapToDouble(this::of).toArray(),
          IntStream.of(users).mapToDouble(this::weight).toArray());
    }

    /** How far the other's figures are exceeded, of the users who have the figure. */
    PairedBootstrap minus(Column other) {
      var users = users();
      return PairedBootstrap.of(
          IntStream.of(users).mapToDouble(user -> of(user) - other.of(user)).toArray(),
          IntStream.of(users).mapToDouble(this::weight).toArray());
    }
  }
}
