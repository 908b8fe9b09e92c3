package io.nightfeed.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.nightfeed.pages.IntervalChart.Form;
import io.nightfeed.pages.IntervalChart.Row;
import io.nightfeed.pages.ScatterChart.Point;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;

class ChartsTest {
  @Property
  void axis_holdsItsValuesBetweenFewRoundEnds(
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double one,
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double other) {
    var axis = Axis.around(one, other, Double.NaN);
    assertThat(axis.share(one)).isBetween(-1e-6, 1 + 1e-6);
    assertThat(axis.share(other)).isBetween(-1e-6, 1 + 1e-6);
    assertThat(axis.ticks().size()).isBetween(2, 9);
  }

  @Test
  void axis_ofShares_hasRoundTicks() {
    var axis = Axis.around(0, 0.29);
    assertThat(axis.ticks().stream().map(axis::label))
        .containsExactly("0.00", "0.05", "0.10", "0.15", "0.20", "0.25", "0.30");
  }

  /** The bar is from 0 to its value: half as long as one of twice the value. */
  @Test
  void bars_areAsLongAsTheirValues() {
    var rows = List.of(new Row("a", 0.1, 0.1, 0.1, "ours"), new Row("b", 0.2, 0.2, 0.2, "rival"));
    var svg = Jsoup.parse(new IntervalChart("t", "x", Form.BARS, rows).svg());
    var widths =
        svg.select("rect").stream().mapToDouble(bar -> Double.parseDouble(bar.attr("width")));
    var both = widths.toArray();
    assertThat(both[1]).isCloseTo(2 * both[0], within(0.2));
  }

  @Test
  void valueThatIsNone_isADash() {
    var row = new Row("nothing", Double.NaN, Double.NaN, Double.NaN, "rival");
    var svg = new IntervalChart("t", "x", Form.POINTS, List.of(row)).svg();
    assertThat(Jsoup.parse(svg).select("circle")).isEmpty();
    assertThat(Jsoup.parse(svg).select("text").eachText()).contains("nothing", "–");
    assertThat(svg).doesNotContain("NaN");
  }

  @Test
  void names_areEscapedEverywhere() {
    var hostile = "</svg><script>'\"&";
    var chart =
        new IntervalChart(hostile, hostile, Form.BARS, List.of(new Row(hostile, 1, 0.5, 2, "ours")))
            .svg();
    var scatter =
        new ScatterChart(hostile, hostile, hostile, List.of(new Point(hostile, 1, 2, "ours")))
            .svg();
    for (var svg : List.of(chart, scatter)) {
      var read = Jsoup.parse(svg);
      assertThat(read.select("script")).isEmpty();
      assertThat(read.select("svg").attr("aria-label")).isEqualTo(hostile);
      assertThat(read.select("text").eachText()).contains(hostile);
    }
  }

  @Test
  void namesOfPointsInOnePlace_standApart() {
    var points = List.of(new Point("one", 1, 1, "ours"), new Point("two", 1, 1, "rival"));
    var svg = Jsoup.parse(new ScatterChart("t", "x", "y", points).svg());
    var places = svg.select("text.name").stream().map(text -> text.attr("x") + text.attr("y"));
    assertThat(places.distinct()).hasSize(2);
  }
}
