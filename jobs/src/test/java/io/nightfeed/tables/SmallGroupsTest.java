package io.nightfeed.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SmallGroupsTest {
  private static final SmallGroups TWENTY = new SmallGroups(20);

  @Test
  void noSmallGroup_hidesNothing() {
    assertThat(TWENTY.untold(Map.of("en", 20L, "zh", 500L, "fr", 0L))).isEmpty();
  }

  @Test
  void aSmallGroup_hidesTheSmallestOfTheOthers_withIt() {
    assertThat(TWENTY.untold(Map.of("en", 500L, "zh", 80L, "fr", 3L)))
        .containsExactlyInAnyOrder("fr", "zh");
  }

  @Test
  void smallGroups_thatAreEnoughTogether_hideNoOther() {
    assertThat(TWENTY.untold(Map.of("en", 500L, "zh", 80L, "fr", 12L, "de", 9L)))
        .containsExactlyInAnyOrder("fr", "de");
  }

  @Test
  void groupsOfTheSamePeople_countThemOnce() {
    var users = Map.of("en", 500L, "zh", 80L, "fr", 12L, "de", 12L);
    assertThat(TWENTY.untold(users, groups -> 12)).containsExactlyInAnyOrder("fr", "de", "zh");
  }

  @Test
  void partsAreTold_whereWhatIsLeftMayBe() {
    assertThat(TWENTY.isTold(30, 100)).isTrue();
    assertThat(TWENTY.isTold(100, 100)).isTrue();
    assertThat(TWENTY.isTold(0, 100)).isTrue();
    assertThat(TWENTY.isTold(19, 100)).isFalse();
    assertThat(TWENTY.isTold(81, 100)).isFalse();
    assertThat(TWENTY.count(19)).isEqualTo("fewer than 20");
    assertThat(TWENTY.count(1234)).isEqualTo("1,234");
  }

  /** Whoever adds and takes away what is told gets figures of no small group. */
  @Property(tries = 300)
  void differencesOfWhatIsTold_areOfNoSmallGroup(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 60) Integer> sizes,
      @ForAll @IntRange(min = 1, max = 30) int least) {
    var users = new LinkedHashMap<Integer, Long>();
    for (int group = 0; group < sizes.size(); group++) {
      users.put(group, (long) sizes.get(group));
    }
    var groups = new SmallGroups(least);
    var untold = groups.untold(users);
    var told = new ArrayList<Set<Integer>>();
    users.keySet().stream()
        .filter(group -> !untold.contains(group))
        .map(Set::of)
        .forEach(told::add);
    if (told.stream().flatMap(Set::stream).allMatch(group -> users.get(group) == 0)) {
      return; // Nothing but what all are together.
    }
    told.add(users.keySet());
    for (var derived : Differencing.groups(told)) {
      assertThat(groups.isTold(derived.stream().mapToLong(users::get).sum()))
          .as("%s of %s, told %s", derived, users, told)
          .isTrue();
    }
  }

  /** With people who are in several groups. */
  @Property(tries = 300)
  void hiddenGroups_areEnoughPeopleTogether(
      @ForAll @Size(min = 1, max = 6)
          List<@Size(max = 12) Set<@IntRange(max = 25) Integer>> members,
      @ForAll @IntRange(min = 1, max = 15) int least) {
    var users = new LinkedHashMap<Integer, Long>();
    for (int group = 0; group < members.size(); group++) {
      users.put(group, (long) members.get(group).size());
    }
    var groups = new SmallGroups(least);
    var untold = groups.untold(users, some -> together(members, some));
    assertThat(users)
        .allSatisfy(
            (group, count) -> assertThat(untold.contains(group) || groups.isTold(count)).isTrue());
    var isSomeTold =
        users.entrySet().stream()
            .anyMatch(group -> group.getValue() > 0 && !untold.contains(group.getKey()));
    if (isSomeTold) {
      assertThat(groups.isTold(together(members, untold))).isTrue();
    }
  }

  private static long together(List<Set<Integer>> members, Set<Integer> groups) {
    var all = new HashSet<Integer>();
    groups.forEach(group -> all.addAll(members.get(group)));
    return all.size();
  }
}
