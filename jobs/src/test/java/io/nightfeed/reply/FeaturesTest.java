package io.nightfeed.reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.reply.FeatureSpace.Reading;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeaturesTest {
  private static final Reading BREAD = new Reading(List.of("Bread", "bakes", "."), vector(1, 0, 0));
  private static final Reading LOAF =
      new Reading(List.of("a", "loaf", "bakes"), vector(0.8f, 0.6f, 0));
  private static final Reading SHIP = new Reading(List.of("ships", "sail"), vector(0, 0, 1));

  private final FeatureSpace space = FeatureSpace.of(List.of(BREAD, LOAF, SHIP), 3);

  private static float[] vector(float... numbers) {
    return numbers;
  }

  @Test
  void sameText_isSimilarByOne() {
    var bread = space.features(BREAD);
    assertThat(bread.similarity(bread, 0.3)).isCloseTo(1, within(1e-6));
  }

  @Test
  void wordingShare_blendsWordsAndMeaning() {
    var bread = space.features(BREAD);
    var loaf = space.features(LOAF);
    assertThat(bread.wording(loaf)).isBetween(0.1, 0.6);
    assertThat(bread.wording(space.features(SHIP))).isZero();
    assertThat(bread.meaning(loaf)).isGreaterThan(bread.meaning(space.features(SHIP)));
    assertThat(bread.similarity(loaf, 0.25))
        .isCloseTo(0.25 * bread.wording(loaf) + 0.75 * bread.meaning(loaf), within(1e-9));
  }

  @Test
  void lastTurn_weighsMost() {
    var bread = space.features(BREAD);
    var ship = space.features(SHIP);
    var breadLast = Features.together(List.of(ship, bread), 0.5);
    assertThat(breadLast.similarity(bread, 0.3)).isGreaterThan(breadLast.similarity(ship, 0.3));
    assertThat(breadLast.similarity(breadLast, 0.3)).isCloseTo(1, within(1e-6));
  }

  @Test
  void withoutDecay_onlyTheLastTurnCounts() {
    var bread = space.features(BREAD);
    var alone = Features.together(List.of(space.features(SHIP), bread), 0);
    assertThat(alone.similarity(bread, 0.3)).isCloseTo(1, within(1e-6));
  }

  @Test
  void blankText_isLikeNothing() {
    var zero = new FeatureSpace(new double[3], null, java.util.Map.of(), 0);
    var blank = zero.features(new Reading(List.of("…"), vector(0, 0, 0)));
    assertThat(blank.similarity(space.features(BREAD), 0.5)).isZero();
  }

  @Test
  void chineseWords_areAlsoTheirCharacters() {
    assertThat(FeatureSpace.Words.of("味精")).containsExactly("味精", "味", "精");
    assertThat(FeatureSpace.Words.of("，")).isEmpty();
  }

  /** Of two directions, one varies among texts of one meaning: in the other, differences tell. */
  @Test
  void withinGroups_whatVariesThereTellsLess() {
    var groups =
        List.of(
            List.of(reading(0, 1), reading(0, -1), reading(0, 0)),
            List.of(reading(1, 1), reading(1, -1), reading(1, 0)));
    var plain = FeatureSpace.of(groups.stream().flatMap(List::stream).toList(), 2);
    var within = plain.within(groups);
    var asked = reading(0.9f, -1);
    assertThat(within.features(asked).meaning(within.features(reading(1, 1))))
        .isGreaterThan(plain.features(asked).meaning(plain.features(reading(1, 1))));
  }

  @Test
  void groupsOfOne_changeNothing() {
    assertThat(space.within(List.of(List.of(BREAD), List.of(SHIP)))).isEqualTo(space);
  }

  private static Reading reading(float x, float y) {
    return new Reading(List.of(), vector(x, y));
  }
}
