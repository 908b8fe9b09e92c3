package io.nightfeed.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.tune.SuccessiveHalving.Measurement;
import io.nightfeed.tune.SuccessiveHalving.Result;
import io.nightfeed.tune.SuccessiveHalving.Rung;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SuccessiveHalvingTest {
  private static final SuccessiveHalving HALVES = new SuccessiveHalving(0.25, 2);

  private static List<Candidate> candidates(int count) {
    return IntStream.range(0, count)
        .mapToObj(trial -> new Candidate(trial, Map.of("train.rank", String.valueOf(trial))))
        .toList();
  }

  /** The greater the number, the better. */
  private static final Measurement BY_NUMBER =
      (candidate, rung) ->
          List.of(new double[] {candidate.trial()}, new double[] {candidate.trial() + 1.0});

  @Test
  void betterHalf_isMeasuredOnTwiceAsManyUsers_andTheSettingsAsSetGoAlong() {
    var measured = new TreeMap<Double, List<Integer>>();
    var finalists =
        HALVES.run(
            candidates(8),
            (candidate, rung) -> {
              measured
                  .computeIfAbsent(rung.share(), share -> new ArrayList<>())
                  .add(candidate.trial());
              return BY_NUMBER.of(candidate, rung);
            });
    assertThat(measured)
        .isEqualTo(
            Map.of(
                0.25, List.of(0, 1, 2, 3, 4, 5, 6, 7),
                0.5, List.of(0, 4, 5, 6, 7),
                1.0, List.of(0, 6, 7)));
    assertThat(finalists).extracting(one -> one.candidate().trial()).containsExactly(7, 6, 0);
    assertThat(SuccessiveHalving.asSet(finalists).mean()).isEqualTo(0.5);
  }

  @Test
  void equalFigures_areInTheOrderOfNumbers() {
    var finalists = HALVES.run(candidates(8), (candidate, rung) -> List.of(new double[] {1}));
    assertThat(finalists).extracting(one -> one.candidate().trial()).containsExactly(0, 1, 2);
  }

  @Test
  void thirdsOfAThird_endAtAllUsers() {
    assertThat(new SuccessiveHalving(1.0 / 27, 3).rungs()).hasSize(4);
    assertThat(new SuccessiveHalving(1, 2).rungs()).containsExactly(new Rung(0, 1));
  }

  @Property
  void rungs_growToAllUsers_andSizesAreWhatIsMeasured(
      @ForAll @IntRange(min = 1, max = 60) int count,
      @ForAll @DoubleRange(min = 0.01, max = 1) double share,
      @ForAll @IntRange(min = 2, max = 5) int halving) {
    var halvings = new SuccessiveHalving(share, halving);
    var measured = new int[halvings.rungs().size()];
    List<Result> finalists =
        halvings.run(
            candidates(count),
            (candidate, rung) -> {
              measured[rung.number()]++;
              return BY_NUMBER.of(candidate, rung);
            });
    for (var rung : halvings.rungs()) {
      assertThat(measured[rung.number()]).isEqualTo(halvings.size(count, rung));
      assertThat(rung.share()).isBetween(share, 1.0);
    }
    assertThat(halvings.rungs().get(measured.length - 1).share()).isEqualTo(1);
    assertThat(finalists.get(0).candidate().trial()).isEqualTo(count - 1);
  }
}
