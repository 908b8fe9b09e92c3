package io.nightfeed.recommend;

import io.nightfeed.recommend.Reranking.Placed;
import io.nightfeed.recommend.Reranking.Reader;
import io.nightfeed.recommend.TopN.Scored;
import io.nightfeed.run.RunRecord;
import io.nightfeed.tables.SmallGroups;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * What re-ranking costs and does, summed while lists are made. Tasks that run twice count twice, so
 * these are for the run's summary alone.
 */
record RerankingFigures(
    LongAccumulator lists,
    LongAccumulator kept,
    LongAccumulator shown,
    LongAccumulator drawn,
    LongAccumulator negative,
    LongAccumulator shownInLowMood,
    LongAccumulator negativeInLowMood,
    LongAccumulator guarded,
    RulePrices prices)
    implements Serializable {

  private static final double MILLION = 1e6;

  static RerankingFigures in(SparkContext context) {
    return new RerankingFigures(
        context.longAccumulator(),
        context.longAccumulator(),
        context.longAccumulator(),
        context.longAccumulator(),
        context.longAccumulator(),
        context.longAccumulator(),
        context.longAccumulator(),
        context.longAccumulator(),
        RulePrices.in(context));
  }

  /**
   * @param best the best posts, of which the list was made
   */
  void add(
      List<Scored> best, List<Placed> list, Reranking reranking, Reader reader, boolean isLowMood) {
    if (list.isEmpty()) {
      return;
    }
    lists.add(1);
    double possible = 0;
    long bad = 0;
    for (int place = 0; place < list.size(); place++) {
      possible += best.get(place).score() * RulePrices.discount(place);
      bad += reranking.isNegative(list.get(place).scored().candidate()) ? 1 : 0;
    }
    kept.add(Math.round(MILLION * RulePrices.discounted(list) / possible));
    shown.add(list.size());
    drawn.add(list.stream().filter(placed -> placed.rankByScore() > list.size()).count());
    negative.add(bad);
    if (isLowMood) {
      guarded.add(1);
      shownInLowMood.add(list.size());
      negativeInLowMood.add(bad);
    }
    prices.add(best, list, reader, reranking);
  }

  void note(RunRecord record, double negativeCandidates, SmallGroups groups) {
    if (lists.value() == 0 || !groups.isTold(lists.value())) {
      return;
    }
    record.note(
        "re-ranking",
        "lists keep %.2f%% of the score, discounted by place, that they had without it; %.1f%% of their posts are not among the best as many"
            .formatted(100 * kept.value() / MILLION / lists.value(), share(drawn, shown)));
    var byRule = prices.summary(groups);
    if (!byRule.isEmpty()) {
      record.note("re-ranking by rule", "kept of what lists had without that rule: " + byRule);
    }
    record.note(
        "negative posts",
        "%.1f%% of candidates, %.1f%% of what is shown"
                .formatted(100 * negativeCandidates, share(negative, shown))
            + (groups.isTold(guarded.value(), lists.value())
                ? ", %.1f%% of what the %,d readers in a low mood are shown"
                    .formatted(share(negativeInLowMood, shownInLowMood), guarded.value())
                : ""));
  }

  private static double share(LongAccumulator part, LongAccumulator whole) {
    return 100.0 * part.value() / Math.max(1, whole.value());
  }
}
