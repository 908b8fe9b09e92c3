package io.nightfeed.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ludovic.netlib.lapack.JavaLAPACK;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.netlib.util.intW;

class NeighboursTest {
  private static final int ITEMS = 12;

  private static Interactions random(int users) {
    var random = new SplittableRandom(5);
    return new Interactions(
        ITEMS,
        IntStream.range(0, users)
            .mapToObj(
                user ->
                    IntStream.range(0, ITEMS)
                        .filter(item -> random.nextDouble() < 0.3 || item == user)
                        .toArray())
            .toArray(int[][]::new));
  }

  /** From the definition: P = (XᵀX + λI)⁻¹, B = I - P diag(P)⁻¹, scores XB. */
  private static double[][] easeByDefinition(Interactions train, double ridge) {
    var inverse = new double[ITEMS * ITEMS];
    for (int i = 0; i < ITEMS; i++) {
      inverse[i * ITEMS + i] = ridge;
    }
    for (var history : train.byUser()) {
      for (var one : history) {
        for (var other : history) {
          inverse[one * ITEMS + other]++;
        }
      }
    }
    var pivots = new int[ITEMS];
    JavaLAPACK.getInstance().dgetrf(ITEMS, ITEMS, inverse, ITEMS, pivots, new intW(0));
    JavaLAPACK.getInstance()
        .dgetri(ITEMS, inverse, ITEMS, pivots, new double[ITEMS * 9], ITEMS * 9, new intW(0));
    var scores = new double[train.users()][ITEMS];
    for (int user = 0; user < train.users(); user++) {
      for (int item = 0; item < ITEMS; item++) {
        for (var history : train.byUser()[user]) {
          double b =
              (history == item ? 1 : 0)
                  - inverse[history * ITEMS + item] / inverse[item * ITEMS + item];
          scores[user][item] += b;
        }
      }
    }
    return scores;
  }

  @Test
  void ease_isThatOfTheItemsInverse() {
    for (int users : new int[] {5, 30}) {
      var train = random(users);
      var expected = easeByDefinition(train, 3);
      var ease = Neighbours.ease(train, 3);
      for (int user = 0; user < users; user++) {
        var scores = new double[ITEMS];
        ease.write(user, scores);
        assertThat(scores).containsExactly(expected[user], within(1e-9));
      }
    }
  }

  @Test
  void itemNeighbours_countCommonUsersByTheCosine() throws Exception {
    var train = new Interactions(3, new int[][] {{0, 1}, {0, 1, 2}, {2}});
    var cosine =
        Neighbours.itemNeighbours().grid().stream()
            .filter(setting -> setting.description().equals("exponent 0.5"))
            .findFirst()
            .orElseThrow();
    var scores = new double[3];
    cosine.fit().fit(train).write(2, scores);

    // User 2 met item 2 alone, which shares one of its two users with each of the others.
    assertThat(scores).containsExactly(new double[] {0.5, 0.5, 1}, within(1e-12));
  }

  @Test
  void popularity_countsUsers() throws Exception {
    var scores = new double[3];
    var train = new Interactions(3, new int[][] {{0, 1}, {1}, {}});
    Neighbours.popularity().grid().get(0).fit().fit(train).write(2, scores);
    assertThat(scores).containsExactly(1, 2, 0);
  }

  @Test
  void recentPopularity_halvesWithTheHalfLife() throws Exception {
    long day = 24 * 3600;
    var train =
        Interactions.ordered(3, new int[][] {{0, 1}, {1}}, new long[][] {{0, 14 * day}, {7 * day}});
    var weekly =
        Neighbours.recentPopularity().grid().stream()
            .filter(setting -> setting.description().equals("half-life of 7.0 days"))
            .findFirst()
            .orElseThrow();
    var scores = new double[3];
    weekly.fit().fit(train).write(0, scores);
    assertThat(scores).containsExactly(new double[] {0.25, 1.5, 0}, within(1e-12));
  }

  @Test
  void fresh_putsWhatIsStaleLast_inTheOrderOfTheMethod() throws Exception {
    long day = 24 * 3600;
    var train = Interactions.ordered(3, new int[][] {{0}, {0}}, new long[][] {{0}, {9 * day}});
    var created = new long[] {0, 8 * day, -day};
    var fresh = FactorModels.fresh(Neighbours.popularity(), created, List.of(5.0));
    var scores = new double[3];
    fresh.grid().get(0).fit().fit(train).write(0, scores);
    assertThat(scores[1]).isGreaterThan(scores[0]);
    assertThat(scores[0]).isGreaterThan(scores[2]);
  }

  @Test
  void heldPart_isTheRestOfTheTrainPart() {
    var all = random(40);
    var split = all.split(0.3, 1);
    int held = 0;
    for (int user = 0; user < all.users(); user++) {
      var together =
          IntStream.concat(
              Arrays.stream(split.train().byUser()[user]),
              Arrays.stream(split.test().byUser()[user]));
      assertThat(together.sorted().toArray()).isEqualTo(all.byUser()[user]);
      held += split.test().byUser()[user].length;
    }
    assertThat(held).isBetween(20, 80);
    assertThat(all.split(0.3, 1).test().byUser()).isDeepEqualTo(split.test().byUser());
  }

  @Test
  void interval_holdsTheMeanAndNarrowsAroundASureThing() {
    var sure = PairedBootstrap.of(new double[] {2, 2, 2, 2});
    assertThat(sure).isEqualTo(new PairedBootstrap(2, 2, 2));
    var differences = IntStream.range(0, 400).mapToDouble(i -> i % 2 == 0 ? 1 : -1).toArray();
    var none = PairedBootstrap.of(differences);
    assertThat(none.mean()).isZero();
    // Standard error 1/20: about two of them to either side.
    assertThat(none.low()).isBetween(-0.13, -0.07);
    assertThat(none.high()).isBetween(0.07, 0.13);
  }
}
