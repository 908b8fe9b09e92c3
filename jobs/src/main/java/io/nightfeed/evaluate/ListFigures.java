package io.nightfeed.evaluate;

import io.nightfeed.evaluate.Interactions.Split;
import io.nightfeed.evaluate.Protocol.Items;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;

/**
 * What a method's lists are like, beside how well they find. A list is looked at once and
 * forgotten: what is kept is a few sums for each user, and how often each item is listed.
 */
final class ListFigures {
  static final String COVERAGE = "coverage";
  static final String GINI = "gini";
  static final String NOVELTY = "novelty";
  static final String DIVERSITY = "diversity";
  static final String MISCALIBRATION = "miscalibration";
  static final String POPULARITY_LIFT = "popularity_lift";

  private static final String LISTED = "popularity of what is listed";
  private static final String MET = "popularity of what was met";

  private final Items items;
  private final int places;
  private final UserFigures byUser;
  private final List<int[]> exposures = new ArrayList<>();

  /**
   * @param places length of the lists
   */
  ListFigures(int users, Items items, int places) {
    this.items = items;
    this.places = places;
    byUser = UserFigures.none(users, List.of(NOVELTY, DIVERSITY, MISCALIBRATION, LISTED, MET));
  }

  /** Lists of one split, each user's at most once; several users' at the same time. */
  final class OfSplit {
    private final Split split;
    private final int people;
    private final AtomicIntegerArray listed;

    private OfSplit(Split split) {
      this.split = split;
      people = split.train().people();
      listed = new AtomicIntegerArray(split.train().items());
    }

    /**
     * @param scores of all items; of them the candidates that the user has not met are listed
     */
    void add(int user, double[] scores) {
      var history = split.train().byUser()[user];
      var list = RankingMetrics.listed(split.among(scores), history, places);
      IntStream.of(list).forEach(listed::incrementAndGet);
      byUser.add(user, 1, figures(list, history));
    }

    private double[] figures(int[] list, int[] history) {
      var popularity = split.popularity();
      // Both or neither: a lift compares the same users.
      boolean hasBoth = list.length > 0 && history.length > 0;
      return new double[] {
        ListMetrics.novelty(list, popularity, people),
        items.hasContent() ? ListMetrics.diversity(list, items.content()) : Double.NaN,
        items.hasCategories()
            ? ListMetrics.miscalibration(history, list, items.categories())
            : Double.NaN,
        hasBoth ? ListMetrics.meanPopularity(list, popularity) : Double.NaN,
        hasBoth ? ListMetrics.meanPopularity(history, popularity) : Double.NaN
      };
    }

    /** To be called when all users' are added. */
    void end() {
      exposures.add(IntStream.of(split.candidates()).map(listed::get).toArray());
    }
  }

  OfSplit of(Split split) {
    return new OfSplit(split);
  }

  /** By name; those that the data has nothing for are left out. */
  Map<String, Double> figures() {
    var figures = new LinkedHashMap<String, Double>();
    figures.put(
        COVERAGE, exposures.stream().mapToDouble(ListMetrics::coverage).average().orElse(0));
    figures.put(GINI, exposures.stream().mapToDouble(ListMetrics::gini).average().orElse(0));
    for (var name : List.of(NOVELTY, DIVERSITY, MISCALIBRATION)) {
      figures.put(name, byUser.column(name).mean());
    }
    // Of all users together (Abdollahpouri et al. 2019): 0 where lists are as popular as histories.
    figures.put(POPULARITY_LIFT, byUser.column(LISTED).mean() / byUser.column(MET).mean() - 1);
    figures.values().removeIf(value -> value.isNaN());
    return figures;
  }
}
