package io.nightfeed.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.pages.Numbers;
import io.nightfeed.pages.Template;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report as one HTML file that loads nothing from anywhere. */
final class ReportPage {
  private static final String CHARTS_LIBRARY =
      "/META-INF/resources/webjars/echarts/5.3.1/dist/echarts.min.js";

  private static final int POST_CHARACTERS = 180;
  private static final int SUPPORTING_CHARACTERS = 80;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A recommendation as the page shows it; shares are whole percent. */
  record ExampleEntry(
      int rank,
      String text,
      String score,
      long behaviourPercent,
      long emotionPercent,
      String reason,
      List<String> supporting) {
    boolean hasSupporting() {
      return !supporting.isEmpty();
    }

    static ExampleEntry of(UserList.Entry entry) {
      var emotion = Math.round(100 * entry.emotionShare());
      return new ExampleEntry(
          entry.rank(),
          entry.excerpt(POST_CHARACTERS),
          Numbers.figure(entry.score()),
          100 - emotion,
          emotion,
          entry.reason(),
          entry.supporting().stream()
              .map(text -> Excerpt.of(text, SUPPORTING_CHARACTERS))
              .toList());
    }
  }

  record ExampleUser(String userId, String shortId, String about, List<ExampleEntry> entries) {
    static ExampleUser of(UserList list) {
      return new ExampleUser(
          list.userId(),
          list.shortId(),
          list.about(),
          list.entries().stream().map(ExampleEntry::of).toList());
    }
  }

  private ReportPage() {}

  /**
   * Writes the page.
   *
   * @param nightBefore link to the report of the night before; empty when there is none
   * @param tables names of tables and where they lie
   */
  static String render(
      Figures figures,
      LocalDate runDate,
      String runId,
      String nightBefore,
      Map<String, String> tables) {
    var sections = figures.sections();
    var content = new LinkedHashMap<String, Object>();
    content.put("runDate", runDate.toString());
    content.put("runId", runId);
    content.put("nightBefore", nightBefore);
    content.put("headline", Headline.of(figures));
    content.put("sections", sections);
    content.put("examples", figures.examples().stream().map(ExampleUser::of).toList());
    content.put("tables", tables.entrySet());
    content.put("style", Template.style());
    content.put("library", withoutEndTag(Template.resource(ReportPage.class, CHARTS_LIBRARY)));
    content.put("drawing", withoutEndTag(Template.resource(ReportPage.class, "report.js")));
    content.put("charts", scriptSafe(options(sections)));
    // Mustache escapes what stands in two braces; the four texts above stand in three.
    return Template.render(ReportPage.class, "report.mustache", content);
  }

  private static Map<String, Object> options(List<Section> sections) {
    var options = new LinkedHashMap<String, Object>();
    sections.forEach(
        section -> section.charts().forEach(chart -> options.put(chart.id(), chart.option())));
    return options;
  }

  /**
   * JSON that can stand within a script element: a text in it can neither end the element nor open
   * a comment, because no {@code <}, {@code >} or {@code &} is left.
   */
  static String scriptSafe(Object value) {
    try {
      return JSON.writeValueAsString(value)
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("&", "\\u0026")
          .replace("\u2028", "\\u2028")
          .replace("\u2029", "\\u2029");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Charts are maps, lists, texts and numbers", e);
    }
  }

  private static String withoutEndTag(String script) {
    if (script.toLowerCase(Locale.ROOT).contains("</script")) {
      throw new IllegalStateException("A script that the report embeds would end its own element");
    }
    return script;
  }
}
