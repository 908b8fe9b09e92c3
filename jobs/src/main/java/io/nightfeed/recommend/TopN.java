package io.nightfeed.recommend;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The best n candidates of each user by {@code I(u,c) = f + g}, with behaviour {@code f = exp(user
 * · item)} and emotion {@code g = exp(emotion user · emotion item)}.
 *
 * <p>Exact: {@link Screen} looks over every candidate roughly, and each that may be among the best,
 * the rough product's greatest error considered, is scored again in doubles, in the order of its
 * coordinates. A list is therefore the same on every machine. Candidates of equal score are ordered
 * by post id. Where candidates come in several blocks, what a user has so far is what the next must
 * exceed, and the list after the last is that of all at once. A user's list depends on that user's
 * vectors and the candidates alone, not on the users that are scored along with it.
 */
final class TopN implements Serializable {
  private static final long serialVersionUID = 4L;

  /** Users that are best scored together. */
  static final int USERS_PER_BLOCK = Screen.USERS;

  private final PostBlock block;
  private final int size;
  private transient Screen screen;

  /**
   * @param block whose candidates are scored
   * @param size n, the most candidates a list may have (>= 1)
   */
  TopN(PostBlock block, int size) {
    this.block = block;
    this.size = size;
  }

  /**
   * What the engine must know of a user.
   *
   * @param vector as wide as the candidates' vectors
   * @param emotionVector as wide as the candidates' emotion vectors
   * @param excluded numbers of candidates that the user must not get, ascending; of any block
   * @param soFar the best of the blocks before, best first
   */
  record Request(float[] vector, float[] emotionVector, int[] excluded, List<Scored> soFar) {}

  /**
   * A candidate and its two intensities, each positive and finite.
   *
   * @param candidate its number
   * @param behaviour f
   * @param emotion g
   */
  record Scored(int candidate, double behaviour, double emotion) {
    double score() {
      return behaviour + emotion;
    }
  }

  PostBlock block() {
    return block;
  }

  /**
   * The best of the block and of what users bring from those before it, in the order of the
   * requests; each list has the best first.
   */
  List<List<Scored>> best(List<Request> users) {
    var lists = new ArrayList<List<Scored>>(users.size());
    for (var from = 0; from < users.size(); from += USERS_PER_BLOCK) {
      lists.addAll(
          bestOfBlock(users.subList(from, Math.min(users.size(), from + USERS_PER_BLOCK))));
    }
    return lists;
  }

  private List<List<Scored>> bestOfBlock(List<Request> users) {
    if (block.candidates().size() == 0) {
      return users.stream().map(Request::soFar).toList();
    }
    users.forEach(this::check);
    var all = screen();
    var shortlists = users.stream().map(user -> new Shortlist(user, all, block, size)).toList();
    try (var together = all.block(shortlists.stream().map(Shortlist::eightBit).toList())) {
      for (var chunk : all.chunks()) {
        var found = together.over(chunk);
        for (var user = 0; user < users.size(); user++) {
          shortlists.get(user).scan(chunk, found, user);
        }
      }
    }
    return shortlists.stream().map(Shortlist::bestFirst).toList();
  }

  private void check(Request user) {
    VectorBlock.of(user.vector());
    VectorBlock.of(user.emotionVector());
    var candidates = block.candidates();
    if (user.vector().length != candidates.vectors().width()
        || user.emotionVector().length != candidates.emotionVectors().width()) {
      throw new IllegalArgumentException(
          "A user's vectors have %d and %d numbers; expected %d and %d as the candidates' have"
              .formatted(
                  user.vector().length,
                  user.emotionVector().length,
                  candidates.vectors().width(),
                  candidates.emotionVectors().width()));
    }
  }

  /** Made once in each process: a broadcast one has none. */
  private synchronized Screen screen() {
    if (screen == null) {
      screen = new Screen(block.candidates());
    }
    return screen;
  }
}
