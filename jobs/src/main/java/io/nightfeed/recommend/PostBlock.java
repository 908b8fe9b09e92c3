package io.nightfeed.recommend;

import java.io.Serializable;

/**
 * Candidates of a range of post ids: as many as are in memory at once.
 *
 * <p>A candidate's number counts all candidates by ascending post id; its index counts those of its
 * block.
 *
 * @param from number of the first
 * @param candidates what scoring takes
 * @param facts what re-ranking takes, in the same order
 */
record PostBlock(int from, Candidates candidates, PostFacts facts) implements Serializable {
  boolean holds(int number) {
    return number >= from && number - from < candidates.size();
  }
}
