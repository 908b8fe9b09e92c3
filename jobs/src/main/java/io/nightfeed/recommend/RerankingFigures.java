package io.nightfeed.recommend;

import io.nightfeed.recommend.Reranking.Placed;
import io.nightfeed.recommend.TopN.Scored;
import io.nightfeed.run.RunRecord;
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
    LongAccumulator negative,
    LongAccumulator shownInLowMood,
    LongAccumulator negativeInLowMood,
    LongAccumulator guarded)
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
        context.longAccumulator());
  }

  /**
   * @param best the best posts, of which the list was made
   */
  void add(List<Scored> best, List<Placed> list, Reranking reranking, boolean isLowMood) {
    if (list.isEmpty()) {
      return;
    }
    lists.add(1);
    double reached = 0;
    double possible = 0;
    long bad = 0;
    for (int place = 0; place < list.size(); place++) {
      reached += list.get(place).scored().score() * discount(place);
      possible += best.get(place).score() * discount(place);
      bad += reranking.isNegative(list.get(place).scored().candidate()) ? 1 : 0;
    }
    kept.add(Math.round(MILLION * reached / possible));
    shown.add(list.size());
    negative.add(bad);
    if (isLowMood) {
      guarded.add(1);
      shownInLowMood.add(list.size());
      negativeInLowMood.add(bad);
    }
  }

  /** As of NDCG. */
  private static double discount(int place) {
    return Math.log(2) / Math.log(place + 2.0);
  }

  void note(RunRecord record, double negativeCandidates) {
    if (lists.value() == 0) {
      return;
    }
    record.note(
        "re-ranking",
        "lists keep %.2f%% of the score, discounted by place, that they had without it"
            .formatted(100 * kept.value() / MILLION / lists.value()));
    record.note(
        "negative posts",
        "%.1f%% of candidates, %.1f%% of what is shown, %.1f%% of what the %,d readers in a low mood are shown"
            .formatted(
                100 * negativeCandidates,
                share(negative, shown),
                share(negativeInLowMood, shownInLowMood),
                guarded.value()));
  }

  private static double share(LongAccumulator part, LongAccumulator whole) {
    return 100.0 * part.value() / Math.max(1, whole.value());
  }
}
