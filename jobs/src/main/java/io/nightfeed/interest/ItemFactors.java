package io.nightfeed.interest;

import io.nightfeed.interest.ContentHeads.ItemVectors;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The item side of the factorisation: v_c of every touched post given the users' factors and the
 * head's prediction.
 *
 * @param items v_c by item; the prediction where nobody touched the post
 * @param information mean over touched posts of the data's information about v_c
 */
record ItemFactors(FactorMatrix items, NormalEquations information) {

  /** Some items' vectors and the sum of the data's information about them. */
  private record Block(ItemVectors items, NormalEquations information) implements Serializable {}

  /** The rows again, by post: one element per block of items. */
  static JavaRDD<ItemLinks> links(
      TrainingData data, int blocks, Broadcast<? extends ItemLinks.Weights> weights) {
    return data.users()
        .mapPartitionsWithIndex(
            (source, histories) ->
                ItemLinks.split(source, histories.next(), blocks, weights.value()),
            true)
        .mapToPair(links -> new Tuple2<>(links.block(), links))
        .partitionBy(new HashPartitioner(blocks))
        .values()
        .mapPartitions(parts -> List.of(ItemLinks.merge(parts)).iterator())
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  /**
   * Solves for the items.
   *
   * @param precision of the prior around {@code predictions}
   */
  static ItemFactors solve(
      JavaRDD<ItemLinks> links,
      UserFactors users,
      FactorMatrix predictions,
      double precision,
      Broadcast<ExpectedRates> rates) {
    var context = JavaSparkContext.fromSparkContext(links.context());
    var uncertainty = users.meanUncertainty();
    var everyPair = users.sums().gramian().copy();
    everyPair.add(users.sums().activity(), uncertainty);
    everyPair.scale(rates.value().everyPair());
    var sharedSystem = context.broadcast(everyPair);
    var sharedUncertainty = context.broadcast(uncertainty);
    var sharedPredictions = context.broadcast(predictions);
    var solved =
        links
            .zipPartitions(
                toEveryItemBlock(users.blocks(), links.getNumPartitions()),
                (mine, factors) ->
                    List.of(
                            solve(
                                mine.next(),
                                ordered(factors),
                                sharedSystem.value(),
                                sharedUncertainty.value(),
                                sharedPredictions.value(),
                                precision,
                                rates.value().popularity()))
                        .iterator())
            .collect();
    var items = new FactorMatrix(predictions.columns(), predictions.values().clone());
    var information = new NormalEquations(predictions.columns());
    int count = 0;
    for (var block : solved) {
      block.items().copyInto(items);
      information.add(block.information());
      count += block.items().items().length;
    }
    information.scale(1.0 / count);
    return new ItemFactors(items, information);
  }

  /** A copy of every user block's factors for every block of items. */
  static JavaRDD<Tuple2<Integer, FactorMatrix>> toEveryItemBlock(
      JavaRDD<FactorMatrix> users, int blocks) {
    return users
        .mapPartitionsWithIndex(
            (source, factors) -> {
              var message = new Tuple2<>(source, factors.next());
              return IntStream.range(0, blocks)
                  .mapToObj(target -> new Tuple2<>(target, message))
                  .iterator();
            },
            true)
        .mapToPair(message -> message)
        .partitionBy(new HashPartitioner(blocks))
        .values();
  }

  static FactorMatrix[] ordered(Iterator<Tuple2<Integer, FactorMatrix>> parts) {
    var bySource = new TreeMap<Integer, FactorMatrix>();
    parts.forEachRemaining(part -> bySource.put(part._1(), part._2()));
    return bySource.values().toArray(FactorMatrix[]::new);
  }

  private static Block solve(
      ItemLinks links,
      FactorMatrix[] users,
      NormalEquations everyPair,
      NormalEquations uncertainty,
      FactorMatrix predictions,
      double precision,
      float[] popularity) {
    int rank = predictions.columns();
    int[] items = links.distinctItems();
    var vectors = FactorMatrix.zeros(items.length, rank);
    var information = new NormalEquations(rank);
    var w = new double[rank + 1];
    var prior = new double[rank];
    int link = 0;
    for (int i = 0; i < items.length; i++) {
      var system = new NormalEquations(rank);
      system.add(popularity[items[i]], everyPair);
      double totalWeight = 0;
      for (; link < links.size() && links.items()[link] == items[i]; link++) {
        double weight = links.weights()[link];
        users[links.userBlocks()[link]].copyRow(links.users()[link], w);
        system.add(w, weight, links.weightedTargets()[link] - weight * w[rank]);
        totalWeight += weight;
      }
      system.add(totalWeight, uncertainty);
      information.add(system);
      predictions.copyRow(items[i], prior);
      system.addPrior(precision, prior);
      vectors.setRow(i, system.solve());
    }
    return new Block(new ItemVectors(items, vectors), information);
  }
}
