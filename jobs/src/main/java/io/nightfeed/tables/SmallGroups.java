package io.nightfeed.tables;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * What may be told of groups of people: nothing of fewer than so many. Neither as it stands, nor as
 * what is left when what is told of others is taken from what is told of all: where small groups
 * are too few together, a larger one is hidden beside them (complementary suppression; Cox 1980,
 * Suppression Methodology and Statistical Disclosure Control).
 *
 * @param leastUsers the fewest people of whom anything is told
 */
public record SmallGroups(int leastUsers) {

  /** Whether a group may be told of: nobody is in it, or enough are. */
  public boolean isTold(long users) {
    return users == 0 || users >= leastUsers;
  }

  /**
   * Whether a part of a whole that is told may be told of, too.
   *
   * @param users of the part
   * @param whole users of the whole
   */
  public boolean isTold(long users, long whole) {
    return isTold(users) && isTold(whole - users);
  }

  /** How many people, where that may be told. */
  public String count(long users) {
    return isTold(users) ? "%,d".formatted(users) : "fewer than " + leastUsers;
  }

  /**
   * Groups of which nothing may be told, though all of them together are told of: the small ones,
   * and where these are too few together, the smallest of the others.
   *
   * @param users of each group, in an order that ties go by; people may be in several
   * @param together how many people are in any of some groups; asked only where it matters
   */
  public <G> Set<G> untold(Map<G, Long> users, ToLongFunction<Set<G>> together) {
    var untold = new LinkedHashSet<G>();
    long sum = 0;
    for (var group : users.entrySet()) {
      if (!isTold(group.getValue())) {
        untold.add(group.getKey());
        sum += group.getValue();
      }
    }
    boolean isHidden = sum >= leastUsers && together.applyAsLong(untold) >= leastUsers;
    if (!untold.isEmpty() && !isHidden) {
      users.entrySet().stream()
          .filter(group -> group.getValue() >= leastUsers)
          .min(Comparator.comparingLong(Map.Entry::getValue))
          .ifPresent(group -> untold.add(group.getKey()));
    }
    return untold;
  }

  /** The same of groups that nobody is in two of. */
  public <G> Set<G> untold(Map<G, Long> users) {
    return untold(users, groups -> groups.stream().mapToLong(users::get).sum());
  }
}
