package io.nightfeed.recommend;

import io.nightfeed.recommend.Reranking.Placed;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets posts of beyond a list into it by chance, with known probabilities.
 *
 * <p>The others are dealt, author by author, into m disjoint sets, at most one for each place, and
 * each set belongs to one place; the places lie evenly over the list. At each of these places
 * chance decides, independently, with probability {@code q = min(1, share · places / m)} that one
 * of the set stands there, each as likely as the others; otherwise it keeps its post. So the
 * probability with which a place holds what it holds is {@code q / size of the set} or {@code 1 -
 * q}, and 1 at places without a set. Sets depend on the list alone and not on any draw, and since
 * they are disjoint no post can stand twice and no author comes in more than once.
 *
 * @param share of places, in the long run, as far as there are sets for it
 * @param seed of the draws, which are hashes of run date, user, post and it
 * @param runDate another night draws anew
 */
record Exploration(double share, long seed, LocalDate runDate) implements Serializable {

  /** A draw decides whether a place is open, another one who gets it. */
  private enum Draw {
    PLACE,
    POST
  }

  boolean isOn() {
    return share > 0;
  }

  /**
   * A list, some of its places drawn.
   *
   * @param list without chance
   * @param others what may come in: posts of one author each, in the order in which they are dealt
   */
  List<Placed> draw(String userId, List<Placed> list, List<List<Placed>> others, PostFacts facts) {
    int sets = Math.min(list.size(), others.size());
    var drawn = new ArrayList<>(list);
    double chance = sets == 0 ? 0 : Math.min(1, share * list.size() / sets);
    for (int set = 0; set < sets; set++) {
      int place = (int) ((set + 0.5) * list.size() / sets);
      var incumbent = list.get(place);
      boolean isOpen = uniform(Draw.PLACE, userId, incumbent, facts) < chance;
      drawn.set(
          place,
          isOpen
              ? oneOf(userId, others, set, sets, chance, facts)
              : incumbent.withPropensity(1 - chance));
    }
    return drawn;
  }

  private Placed oneOf(
      String userId, List<List<Placed>> others, int set, int sets, double chance, PostFacts facts) {
    int count = 0;
    double least = Double.POSITIVE_INFINITY;
    Placed chosen = null;
    for (int author = set; author < others.size(); author += sets) {
      for (var post : others.get(author)) {
        double number = uniform(Draw.POST, userId, post, facts);
        count++;
        if (number < least) {
          least = number;
          chosen = post;
        }
      }
    }
    return chosen.withPropensity(chance / count);
  }

  private double uniform(Draw draw, String userId, Placed post, PostFacts facts) {
    return HashDraw.uniform(
        draw.name(),
        runDate.toString(),
        userId,
        facts.postIds()[post.scored().candidate()],
        String.valueOf(seed));
  }
}
