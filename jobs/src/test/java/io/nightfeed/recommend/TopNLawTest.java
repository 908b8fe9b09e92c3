package io.nightfeed.recommend;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.recommend.TopN.Request;
import io.nightfeed.recommend.TopN.Scored;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds of every list, whatever the vectors. */
class TopNLawTest {
  private static final int[] NOTHING = {};

  /** Vectors of few distinct values, so that scores tie often. */
  private static float[][] vectors(Random random, int count, int width, float scale) {
    var vectors = new float[count][width];
    for (var vector : vectors) {
      for (var k = 0; k < width; k++) {
        vector[k] = scale * (random.nextInt(5) - 2);
      }
    }
    return vectors;
  }

  private static Candidates candidates(Random random, int count, float scale) {
    var ids = IntStream.range(0, count).mapToObj("p%05d"::formatted).toArray(String[]::new);
    return new Candidates(ids, vectors(random, count, 3, scale), vectors(random, count, 2, scale));
  }

  private static List<Request> requests(Random random, int users, int candidates) {
    var requests = new ArrayList<Request>();
    for (var i = 0; i < users; i++) {
      var excluded = random.ints(0, candidates).limit(random.nextInt(candidates)).sorted();
      requests.add(
          new Request(
              vectors(random, 1, 3, 1)[0],
              vectors(random, 1, 2, 1)[0],
              random.nextBoolean() ? NOTHING : excluded.distinct().toArray(),
              List.of()));
    }
    return requests;
  }

  /** Scores everything and sorts: the definition. */
  private static List<Scored> bruteForce(Candidates candidates, int size, Request user) {
    return IntStream.range(0, candidates.size())
        .filter(c -> Arrays.binarySearch(user.excluded(), c) < 0)
        .mapToObj(
            c ->
                new Scored(
                    c,
                    intensity(dot(user.vector(), candidates.vectors(), c)),
                    intensity(dot(user.emotionVector(), candidates.emotionVectors(), c))))
        .sorted(
            Comparator.comparingDouble(Scored::score)
                .reversed()
                .thenComparing(scored -> candidates.postId(scored.candidate())))
        .limit(size)
        .toList();
  }

  private static double intensity(double exponent) {
    return StrictMath.exp(Math.max(-30, Math.min(30, exponent)));
  }

  private static double dot(float[] user, VectorBlock items, int item) {
    var sum = 0.0;
    for (var k = 0; k < user.length; k++) {
      sum += (double) user[k] * items.values()[item * items.width() + k];
    }
    return sum;
  }

  private static TopN topN(Candidates candidates, int size) {
    return new TopN(new PostBlock(0, candidates, null), size);
  }

  /** Block after block, each user bringing the best so far. */
  private static List<List<Scored>> best(
      Candidates candidates, int size, List<Request> requests, int postsPerBlock) {
    List<List<Scored>> best = Collections.nCopies(requests.size(), List.of());
    for (int from = 0; from < candidates.size(); from += postsPerBlock) {
      int to = Math.min(candidates.size(), from + postsPerBlock);
      var ids = IntStream.range(from, to).mapToObj(candidates::postId).toArray(String[]::new);
      var block =
          new PostBlock(
              from,
              new Candidates(
                  ids,
                  rows(candidates.vectors(), from, to),
                  rows(candidates.emotionVectors(), from, to)),
              null);
      var asked = new ArrayList<Request>();
      for (int i = 0; i < requests.size(); i++) {
        var user = requests.get(i);
        asked.add(new Request(user.vector(), user.emotionVector(), user.excluded(), best.get(i)));
      }
      best = new TopN(block, size).best(asked);
    }
    return best;
  }

  private static float[][] rows(VectorBlock vectors, int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            i ->
                Arrays.copyOfRange(
                    vectors.values(), i * vectors.width(), (i + 1) * vectors.width()))
        .toArray(float[][]::new);
  }

  @Property(tries = 200)
  void lists_areThoseOfScoringEverything(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 20_000) int count,
      @ForAll @IntRange(min = 1, max = 300) int users,
      @ForAll @IntRange(min = 1, max = 120) int size,
      @ForAll @IntRange(min = 1, max = 5) int blocks) {
    var random = new Random(seed);
    var candidates = candidates(random, count, random.nextBoolean() ? 0.5f : 0.01f);
    var requests = requests(random, users, count);
    var lists = best(candidates, size, requests, (count + blocks - 1) / blocks);
    for (var i = 0; i < users; i++) {
      assertThat(lists.get(i)).isEqualTo(bruteForce(candidates, size, requests.get(i)));
    }
  }

  /**
   * More candidates than one call takes, vectors whose bounds tell them apart, moods as strong as
   * tastes, and exponents beyond what an intensity can be.
   */
  @Property(tries = 6)
  void listsOfManyCandidates_areThoseOfScoringEverything(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int size) {
    var random = new Random(seed);
    int count = 66_000 + random.nextInt(100);
    double scale = random.nextBoolean() ? 0.4 : 4;
    var ids = IntStream.range(0, count).mapToObj("p%05d"::formatted).toArray(String[]::new);
    var candidates =
        new Candidates(ids, normal(random, count, 16, scale), normal(random, count, 10, scale));
    var topN = topN(candidates, size);
    var requests = new ArrayList<Request>();
    for (int user = 0; user < 3; user++) {
      requests.add(
          new Request(
              normal(random, 1, 16, 1)[0],
              normal(random, 1, 10, 0.5 * user)[0],
              random.ints(200, 0, count).sorted().distinct().toArray(),
              List.of()));
    }
    // Whoever is excluded is missed by the next list, too.
    for (int user = 0; user < 3; user++) {
      var best = topN.best(List.of(requests.get(user))).get(0);
      var met =
          IntStream.concat(
              Arrays.stream(requests.get(user).excluded()),
              best.stream().limit(20).mapToInt(Scored::candidate));
      requests.add(
          new Request(
              requests.get(user).vector(),
              requests.get(user).emotionVector(),
              met.sorted().distinct().toArray(),
              List.of()));
    }
    var lists = topN.best(requests);
    for (int user = 0; user < requests.size(); user++) {
      assertThat(lists.get(user)).isEqualTo(bruteForce(candidates, size, requests.get(user)));
    }
    assertThat(best(candidates, size, requests, 20_000)).isEqualTo(lists);
  }

  private static float[][] normal(Random random, int count, int width, double scale) {
    var vectors = new float[count][width];
    for (var vector : vectors) {
      for (int k = 0; k < width; k++) {
        vector[k] = (float) (scale * random.nextGaussian());
      }
    }
    return vectors;
  }

  @Property(tries = 50)
  void list_doesNotDependOnTheOtherUsers(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 700) int count) {
    var random = new Random(seed);
    var topN = topN(candidates(random, count, 0.5f), 10);
    var requests = requests(random, 65, count);
    var together = topN.best(requests);
    var shuffled = new ArrayList<>(requests);
    Collections.shuffle(shuffled, random);
    for (var request : shuffled.subList(0, 10)) {
      assertThat(topN.best(List.of(request)))
          .containsExactly(together.get(requests.indexOf(request)));
    }
  }

  @Property(tries = 50)
  void shorterList_isTheBeginningOfTheLonger(@ForAll long seed) {
    var random = new Random(seed);
    var candidates = candidates(random, 600, 0.5f);
    var requests = requests(random, 5, 600);
    var longer = topN(candidates, 50).best(requests);
    var shorter = topN(candidates, 7).best(requests);
    for (var i = 0; i < 5; i++) {
      var list = longer.get(i);
      assertThat(shorter.get(i)).isEqualTo(list.subList(0, Math.min(7, list.size())));
    }
  }
}
