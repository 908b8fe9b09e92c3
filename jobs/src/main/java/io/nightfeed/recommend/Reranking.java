package io.nightfeed.recommend;

import io.nightfeed.config.Settings;
import io.nightfeed.recommend.TopN.Scored;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules by which lists are made of the best posts, place by place: each goes to the post of the
 * greatest value among those that may stand there,
 *
 * <pre>
 *   relevance = score / best score · 2^(-age / half-life)
 *   value = (1 - c) · ((1 - d) · relevance - d · likeness to the most alike post above)
 *           - c · divergence of the list's emotions from the history's
 * </pre>
 *
 * (d: maximal marginal relevance, Carbonell and Goldstein 1998; likeness is the cosine of content
 * vectors. c: {@link EmotionCalibration}; without a history it is 0), the better scored one of
 * equals. A post may not stand where its author has as many posts above it as one may have; only
 * where there is no other it may. And it may not where it is negative and the share of negative
 * posts up to that place would be greater than the user may be shown; then the list ends early
 * rather than that. Last, {@link Exploration} opens some places to chance.
 */
final class Reranking implements Serializable {
  private static final long serialVersionUID = 3L;

  /** No bound on the share of negative posts. */
  static final double UNBOUNDED = 1;

  private final VectorBlock vectors;
  private final int contentWidth;
  private final PostFacts facts;
  private final Settings.Reranking settings;
  private final int size;
  private final LocalDate runDate;
  private final ToneSum all;
  private final double[] tone;
  private final double[] freshness;

  /**
   * A post and its place by score alone, from 1.
   *
   * @param rankByScore among the best posts that the user may get
   * @param propensity probability with which its place holds it, over the draws of exploration
   */
  record Placed(Scored scored, int rankByScore, double propensity) {
    Placed withPropensity(double other) {
      return new Placed(scored, rankByScore, other);
    }
  }

  /**
   * Whose list it is.
   *
   * @param mostNegative greatest share of negative posts up to any place; {@link #UNBOUNDED} where
   *     the mood is not low
   * @param tone of what the reader engaged with, see {@link PostFacts#tone}; null without
   */
  record Reader(String userId, double mostNegative, double[] tone) {
    boolean isGuarded() {
      return mostNegative < UNBOUNDED;
    }

    Reader unguarded() {
      return new Reader(userId, UNBOUNDED, tone);
    }
  }

  /**
   * A list.
   *
   * @param guardedAway posts that would stand in it but for the mood guard
   */
  record ReaderList(List<Placed> places, int guardedAway) {}

  /**
   * @param contentWidth how many leading coordinates of the vectors describe content
   * @param facts of the posts that lists are made of, in the order of the vectors
   * @param size most posts in a list
   * @param all of all candidates
   */
  Reranking(
      VectorBlock vectors,
      int contentWidth,
      PostFacts facts,
      Settings.Reranking settings,
      int size,
      LocalDate runDate,
      ToneSum all) {
    this.vectors = vectors;
    this.contentWidth = contentWidth;
    this.facts = facts;
    this.settings = settings;
    this.size = size;
    this.runDate = runDate;
    this.all = all;
    tone = all.mean();
    double halfLife = settings.freshnessHalfLifeDays();
    freshness =
        halfLife > 0
            ? Arrays.stream(facts.ages()).map(age -> StrictMath.pow(2, -age / halfLife)).toArray()
            : new double[0];
  }

  /** How many of the best posts lists are made of. */
  static int pool(Settings.Recommend settings) {
    return settings.topN() * settings.reranking().pool();
  }

  /** The same rules for lists of some posts. */
  Reranking over(BestPosts posts) {
    return new Reranking(
        posts.vectors(), contentWidth, posts.facts(), settings, size, runDate, all);
  }

  PostFacts facts() {
    return facts;
  }

  Settings.Reranking settings() {
    return settings;
  }

  boolean isNegative(int candidate) {
    return facts.isNegative(candidate, settings.negativeValence());
  }

  /** The share of negative posts among all candidates. */
  double negativeShare() {
    return all.negativeShare();
  }

  /** Of all candidates, see {@link PostFacts#tone}. */
  double[] tone() {
    return tone;
  }

  /** Of the posts of a list. */
  double[] tone(List<Placed> places) {
    return facts.tone(
        places.stream().mapToInt(place -> place.scored().candidate()), settings.negativeValence());
  }

  boolean isLowMood(float stateValence) {
    return stateValence <= settings.lowMoodValence();
  }

  /**
   * A list by all rules.
   *
   * @param best the best posts, best first
   */
  ReaderList list(List<Scored> best, Reader reader) {
    var pass = new GreedyPass(this, settings, reader, best).fill(size);
    var places = explored(pass, settings, reader);
    return new ReaderList(
        places, pass.hasGuarded() ? guardedAway(best, reader, pass.places(), places) : 0);
  }

  /** A list by other settings: to see what a rule costs. */
  List<Placed> list(List<Scored> best, Reader reader, Settings.Reranking others) {
    return explored(new GreedyPass(this, others, reader, best).fill(size), others, reader);
  }

  private List<Placed> explored(GreedyPass pass, Settings.Reranking chosen, Reader reader) {
    var exploration = new Exploration(chosen.explorationShare(), chosen.explorationSeed(), runDate);
    return exploration.isOn()
        ? exploration.draw(reader.userId(), pass.places(), pass.replacements(), facts)
        : pass.places();
  }

  private int guardedAway(
      List<Scored> best, Reader reader, List<Placed> places, List<Placed> explored) {
    var without = new GreedyPass(this, settings, reader.unguarded(), best).fill(size).places();
    var kept =
        Stream.concat(places.stream(), explored.stream())
            .map(Placed::rankByScore)
            .collect(Collectors.toSet());
    return (int) without.stream().filter(place -> !kept.contains(place.rankByScore())).count();
  }

  double freshness(int candidate) {
    return freshness[candidate];
  }

  /** Probabilities of emotions; of a post that no head read, those of candidates on average. */
  double[] emotions(int candidate) {
    if (tone == null || !facts.isRead(candidate)) {
      return tone == null ? new double[PostFacts.EMOTIONS] : tone;
    }
    var emotions = new double[PostFacts.EMOTIONS];
    for (int emotion = 0; emotion < emotions.length; emotion++) {
      emotions[emotion] = facts.readings()[candidate][emotion];
    }
    return emotions;
  }

  /** Cosine of content vectors. */
  double likeness(int one, int other) {
    double product = 0;
    double length = 0;
    double otherLength = 0;
    int from = one * vectors.width();
    int otherFrom = other * vectors.width();
    for (int k = 0; k < contentWidth; k++) {
      double x = vectors.values()[from + k];
      double y = vectors.values()[otherFrom + k];
      product += x * y;
      length += x * x;
      otherLength += y * y;
    }
    return length > 0 && otherLength > 0 ? product / Math.sqrt(length * otherLength) : 0;
  }
}
