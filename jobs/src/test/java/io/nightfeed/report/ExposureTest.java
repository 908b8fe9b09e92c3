package io.nightfeed.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.report.Exposure.Level;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ExposureTest {
  @Test
  void equalExposure_hasGiniZero() {
    assertThat(new Exposure(List.of(new Level(7, 50))).gini()).isCloseTo(0, within(1e-12));
  }

  @Test
  void onePostTakingAll_hasGreatestGini() {
    var exposure = new Exposure(List.of(new Level(0, 9), new Level(5, 1)));
    assertThat(exposure.gini()).isCloseTo(0.9, within(1e-12));
  }

  @Test
  void noRecommendations_haveNoGini() {
    assertThat(new Exposure(List.of(new Level(0, 9))).gini()).isNull();
  }

  @Property
  void gini_isTheMeanDifferenceOverTwiceTheMean(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(max = 40) Integer> lists) {
    var exposure = of(lists);
    var total = lists.stream().mapToLong(Integer::longValue).sum();
    var differences = 0.0;
    for (var one : lists) {
      for (var other : lists) {
        differences += Math.abs(one - other);
      }
    }
    if (total > 0) {
      assertThat(exposure.gini())
          .isCloseTo(differences / (2.0 * lists.size() * total), within(1e-9));
    }
  }

  @Property
  void lorenzCurve_risesFromNothingToAllBelowTheDiagonal(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 40) Integer> lists) {
    var curve = of(lists).lorenz();
    assertThat(curve.get(0)).isEqualTo(new Chart.Point(0, 0));
    assertThat(curve.get(curve.size() - 1)).isEqualTo(new Chart.Point(100, 100));
    assertThat(curve).allMatch(point -> point.y() <= point.x() + 1e-9);
    assertThat(curve).isSortedAccordingTo(Comparator.comparingDouble(Chart.Point::y));
  }

  private static Exposure of(List<Integer> lists) {
    var posts = new TreeMap<Integer, Long>();
    lists.forEach(count -> posts.merge(count, 1L, Long::sum));
    return new Exposure(
        posts.entrySet().stream()
            .map(entry -> new Level(entry.getKey(), entry.getValue()))
            .toList());
  }
}
