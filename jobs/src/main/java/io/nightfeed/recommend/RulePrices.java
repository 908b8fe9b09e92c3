package io.nightfeed.recommend;

import io.nightfeed.recommend.Reranking.Placed;
import io.nightfeed.recommend.Reranking.Reader;
import io.nightfeed.recommend.TopN.Scored;
import io.nightfeed.tables.SmallGroups;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * What each rule of re-ranking costs by itself: the score of a list, discounted by place, against
 * that of the list that all other rules give. Measured on a sample of readers, by a hash of their
 * ids, since each rule takes another pass; on those whose list the rule could change.
 */
record RulePrices(Map<Rule, Price> prices) implements Serializable {
  /** One reader in so many. */
  private static final int SAMPLE = 8;

  private static final double MILLION = 1e6;

  /**
   * @param kept shares of the score, in millionths
   */
  record Price(LongAccumulator lists, LongAccumulator kept) implements Serializable {}

  static RulePrices in(SparkContext context) {
    var prices = new EnumMap<Rule, Price>(Rule.class);
    for (var rule : Rule.values()) {
      prices.put(rule, new Price(context.longAccumulator(), context.longAccumulator()));
    }
    return new RulePrices(prices);
  }

  /**
   * @param best the best posts, of which the list was made
   * @param list by all rules
   */
  void add(List<Scored> best, List<Placed> list, Reader reader, Reranking reranking) {
    if (HashDraw.uniform("rule prices", reader.userId()) * SAMPLE >= 1) {
      return;
    }
    for (var rule : Rule.values()) {
      if (rule.isOn(reranking.settings(), reader)) {
        var without =
            reranking.list(best, rule.without(reader), rule.without(reranking.settings()));
        // The guard may end either list early: only places that both have can be compared.
        int places = Math.min(list.size(), without.size());
        if (places > 0) {
          double kept =
              discounted(list.subList(0, places)) / discounted(without.subList(0, places));
          var price = prices.get(rule);
          price.lists().add(1);
          price.kept().add(Math.round(MILLION * kept));
        }
      }
    }
  }

  /** Score, discounted by place as of NDCG. */
  static double discounted(List<Placed> list) {
    double sum = 0;
    for (int place = 0; place < list.size(); place++) {
      sum += list.get(place).scored().score() * discount(place);
    }
    return sum;
  }

  static double discount(int place) {
    return Math.log(2) / Math.log(place + 2.0);
  }

  /** For the run's summary: rules that enough readers of the sample have; empty without any. */
  String summary(SmallGroups groups) {
    var parts = new ArrayList<String>();
    for (var rule : Rule.values()) {
      var price = prices.get(rule);
      if (price.lists().value() > 0 && groups.isTold(price.lists().value())) {
        parts.add(
            String.format(
                Locale.ROOT,
                "%s %.2f%% (%,d lists)",
                rule.label(),
                100 * price.kept().value() / MILLION / price.lists().value(),
                price.lists().value()));
      }
    }
    return String.join(", ", parts);
  }
}
