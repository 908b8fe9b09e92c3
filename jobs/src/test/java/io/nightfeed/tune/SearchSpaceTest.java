package io.nightfeed.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.config.Settings.SearchRange;
import io.nightfeed.config.Settings.Tune;
import io.nightfeed.config.SettingsLoader;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class SearchSpaceTest {
  private static final SearchRange RIDGE =
      new SearchRange("train.regularization", "0.03", 0.001, 1, true, 0, List.of());
  private static final SearchRange SCALE =
      new SearchRange("train.content-scale", "1.0", 0, 3, false, 0, List.of());
  private static final SearchRange RANK =
      new SearchRange("train.rank", "32", 16, 96, true, 8, List.of());
  private static final SearchRange FORM =
      new SearchRange(
          "train.emotion-form", "interaction", 0, 0, false, 0, List.of("literal", "interaction"));

  private static List<Candidate> candidates(int count, double kept, long seed, SearchRange... of) {
    return new SearchSpace(new Tune(count, 0.25, 2, kept, seed, "", List.of(of))).candidates();
  }

  @Test
  void settingsAsSet_comeFirst_andNoCandidateComesTwice() {
    var candidates = candidates(64, 0.5, 1, RIDGE, RANK, FORM);
    assertThat(candidates.get(0)).isEqualTo(new Candidate(0, Map.of()));
    assertThat(candidates).extracting(Candidate::changes).doesNotHaveDuplicates().hasSize(64);
    assertThat(candidates.subList(1, 64))
        .noneMatch(one -> "32".equals(one.changes().get("train.rank")))
        .noneMatch(one -> "interaction".equals(one.changes().get("train.emotion-form")));
  }

  @Test
  void candidates_dependOnTheSeed_andNotOnHowManyThereAre() {
    var candidates = candidates(16, 0.5, 1, RIDGE, RANK);
    assertThat(candidates(5, 0.5, 1, RIDGE, RANK)).isEqualTo(candidates.subList(0, 5));
    assertThat(candidates(16, 0.5, 2, RIDGE, RANK)).isNotEqualTo(candidates);
  }

  @Test
  void aSmallSpace_isUsedUp() {
    assertThat(candidates(16, 0.5, 1, FORM))
        .extracting(Candidate::changes)
        .containsExactly(Map.of(), Map.of("train.emotion-form", "literal"));
    assertThat(candidates(16, 0.5, 1)).hasSize(1);
  }

  @Test
  void logarithmicDraws_areAsManyInEachDecade_andTheKeptShareIsKept() {
    var drawn =
        candidates(1025, 0.25, 3, RIDGE, SCALE).stream()
            .map(one -> one.changes().get(RIDGE.key()))
            .filter(Objects::nonNull)
            .map(value -> (int) Math.floor(Math.log10(Double.parseDouble(value))))
            .collect(Collectors.groupingBy(decade -> decade, Collectors.counting()));
    // A quarter keeps 0.03; each of three decades has a third of the others.
    assertThat(drawn).containsOnlyKeys(-3, -2, -1);
    assertThat(drawn.values()).allMatch(count -> count > 250 && count < 280);
  }

  @Property
  void values_areInTheirRange(
      @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double at) {
    assertThat(Double.parseDouble(SearchSpace.value(RIDGE, at))).isBetween(0.001, 1.0);
    assertThat(Integer.parseInt(SearchSpace.value(RANK, at)))
        .isBetween(16, 96)
        .matches(rank -> rank % 8 == 0);
    assertThat(FORM.values()).contains(SearchSpace.value(FORM, at));
  }

  @Test
  void shippedSpace_holdsSettingsThatLoad() {
    var overrides = Map.of("tune.trials", "200", "tune.kept-share", "0");
    var tune = SettingsLoader.load(List.of(), overrides).tune();
    var candidates = new SearchSpace(tune).candidates();
    assertThat(candidates).hasSize(200);
    assertThat(candidates.get(1).changes()).hasSizeGreaterThanOrEqualTo(tune.space().size() - 2);
    for (var one : candidates) {
      assertThat(SettingsLoader.load(List.of(), one.changes()).train()).isNotNull();
    }
  }
}
