package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.tables.Differencing;
import io.nightfeed.tables.Measures;
import io.nightfeed.tables.SmallGroups;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Anger is the first of eight figures of a tone, negativity the last. */
class AmplificationTest {
  private static final SmallGroups TWENTY = new SmallGroups(20);
  private static final double[] CANDIDATES = {0.2, 0, 0, 0, 0, 0, 0.8, 0.4};

  /**
   * Twenty readers whose lists are as angry as candidates, twenty in a low mood without history.
   */
  private static final List<String> READERS =
      List.of(
          many(20, reader(false, tone(0.2, 0.2), tone(0.1, 0.4))),
          many(20, reader(true, tone(0.4, 0.8), "null")),
          reader(false, "null", tone(0.9, 0.9)));

  private static String many(int count, String reader) {
    return String.join(",", Collections.nCopies(count, reader));
  }

  private static String reader(boolean isLowMood, String list, String history) {
    return "(%s, %s, %s)".formatted(isLowMood, list, history);
  }

  private static String tone(double anger, double negativity) {
    return "array(%sD, 0D, 0D, 0D, 0D, 0D, 0D, %sD)".formatted(anger, negativity);
  }

  private static Row row(List<String> readers, String measure, String audience) {
    var lists = TestModel.rows("is_low_mood, list_tone, history_tone", String.join(",", readers));
    return Amplification.dataset(lists, Amplification.rows(lists, CANDIDATES, TWENTY))
        .collectAsList()
        .stream()
        .filter(row -> row.getAs(MEASURE).equals(measure) && row.getAs(AUDIENCE).equals(audience))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void lists_areComparedWithCandidatesAndWithHistoriesOfThoseWhoHaveOne() {
    var anger = row(READERS, "anger", Measures.EVERYBODY);
    assertThat(anger.<Long>getAs(LISTS)).isEqualTo(40);
    assertThat(anger.<Long>getAs(HISTORIES)).isEqualTo(20);
    assertThat(anger.<Double>getAs(IN_LISTS)).isCloseTo(0.3, within(1e-9));
    assertThat(anger.<Double>getAs(LISTS_TO_CANDIDATES)).isCloseTo(1.5, within(1e-9));
    assertThat(anger.<Double>getAs(IN_HISTORIES)).isCloseTo(0.1, within(1e-9));
    assertThat(anger.<Double>getAs(LISTS_TO_HISTORIES)).isCloseTo(2, within(1e-9));
    var negativity = row(READERS, Measures.NEGATIVITY, Measures.EVERYBODY);
    assertThat(negativity.<Double>getAs(LISTS_TO_CANDIDATES)).isCloseTo(1.25, within(1e-9));
    assertThat(negativity.<Double>getAs(LISTS_TO_HISTORIES)).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void readersInALowMood_areAnAudienceOfTheirOwn() {
    var negativity = row(READERS, Measures.NEGATIVITY, Measures.LOW_MOOD);
    assertThat(negativity.<Long>getAs(LISTS)).isEqualTo(20);
    assertThat(negativity.<Double>getAs(LISTS_TO_CANDIDATES)).isCloseTo(2, within(1e-9));
    assertThat(negativity.<Long>getAs(HISTORIES)).isZero();
    assertThat(negativity.<Double>getAs(LISTS_TO_HISTORIES)).isNull();
  }

  @Test
  void ofFewerThanTwentyReaders_nothingIsTold() {
    var few = List.of(many(19, reader(true, tone(0.4, 0.8), tone(0.4, 0.8))));
    var row = row(few, "anger", Measures.EVERYBODY);
    assertThat(row.<Double>getAs(IN_CANDIDATES)).isEqualTo(0.2);
    assertNothingIsTold(row);
  }

  @Test
  void whereFewAreInAnotherMood_nothingIsToldOfThoseInALowOne() {
    var readers =
        List.of(
            many(19, reader(false, tone(0.2, 0.2), "cast(null as array<double>)")),
            many(30, reader(true, tone(0.4, 0.8), "cast(null as array<double>)")));
    assertThat(row(readers, "anger", Measures.EVERYBODY).<Long>getAs(LISTS)).isEqualTo(49);
    assertNothingIsTold(row(readers, "anger", Measures.LOW_MOOD));
  }

  private static void assertNothingIsTold(Row row) {
    for (var figure :
        List.of(
            LISTS, HISTORIES, IN_LISTS, IN_HISTORIES, LISTS_TO_CANDIDATES, LISTS_TO_HISTORIES)) {
      assertThat(row.<Object>getAs(figure)).as(figure).isNull();
    }
  }

  /** Readers in a low mood (0) or not (2), with a history or without one (1 more). */
  @Property
  void differencesOfWhatIsTold_areOfNoSmallGroup(
      @ForAll @Size(4) List<@IntRange(max = 30) Integer> parts,
      @ForAll @IntRange(min = 1, max = 25) int least) {
    var groups = new SmallGroups(least);
    var histories = parts.get(0) + parts.get(2);
    var low = parts.get(0) + parts.get(1);
    var all = parts.stream().mapToInt(Integer::intValue).sum();
    var audiences = new Amplification.Audiences(all, histories, low, parts.get(0)).told(groups);
    var told = new ArrayList<Set<Integer>>();
    add(told, audiences.get(Measures.EVERYBODY).readers(), all, Set.of(0, 1, 2, 3));
    add(told, audiences.get(Measures.EVERYBODY).histories(), histories, Set.of(0, 2));
    add(told, audiences.get(Measures.LOW_MOOD).readers(), low, Set.of(0, 1));
    add(told, audiences.get(Measures.LOW_MOOD).histories(), parts.get(0), Set.of(0));
    for (var derived : Differencing.groups(told)) {
      assertThat(groups.isTold(derived.stream().mapToLong(parts::get).sum()))
          .as("%s of %s, told %s", derived, parts, told)
          .isTrue();
    }
  }

  private static void add(List<Set<Integer>> told, Long count, int expected, Set<Integer> parts) {
    if (count != null) {
      assertThat(count).isEqualTo(expected);
      told.add(parts);
    }
  }

  @Test
  void whatIsNotThere_cannotBeAmplified() {
    assertThat(row(READERS, "fear", Measures.EVERYBODY).<Double>getAs(LISTS_TO_CANDIDATES))
        .isNull();
  }
}
