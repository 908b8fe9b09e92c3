package io.nightfeed.recommend;

import java.io.Serializable;

/** Multiplies user vectors with a run of item vectors: the inner loop of {@link TopN}. */
@FunctionalInterface
interface DotProducts extends Serializable {
  /**
   * Writes {@code products[u * (to - from) + i - from] = users[u] · items[i]} for every user u and
   * every item i with {@code from <= i < to}.
   *
   * @param users and items: of one width
   */
  void multiply(VectorBlock users, VectorBlock items, int from, int to, double[] products);

  /** Plain loops that add up in doubles and in index order: the same numbers on every machine. */
  static void inOrder(VectorBlock users, VectorBlock items, int from, int to, double[] products) {
    var width = items.width();
    var u = users.values();
    var v = items.values();
    var next = 0;
    for (var user = 0; user < users.count(); user++) {
      for (var item = from; item < to; item++) {
        var sum = 0.0;
        for (int a = user * width, b = item * width, end = b + width; b < end; a++, b++) {
          sum += (double) u[a] * v[b];
        }
        products[next++] = sum;
      }
    }
  }
}
