package io.nightfeed.evaluate;

import static io.nightfeed.evaluate.MethodFigures.ends;
import static io.nightfeed.evaluate.MethodFigures.signed;
import static io.nightfeed.evaluate.MethodFigures.spaced;
import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;

import io.nightfeed.evaluate.Recommender.Role;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import io.nightfeed.pages.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;

/** An evaluation as one HTML file, without a script, that loads nothing from anywhere. */
final class EvaluationPage {
  private final Results results;
  private final Protocol protocol;

  /** A figure over the page. */
  record Tile(String name, String figure, String remark) {}

  private EvaluationPage(Results results) {
    this.results = results;
    protocol = results.protocol();
  }

  static String of(Results results) {
    var page = new EvaluationPage(results);
    var content = new LinkedHashMap<String, Object>();
    content.put("name", page.protocol.name());
    content.put("words", page.protocol.words());
    content.put("tiles", page.tiles());
    content.put("parts", page.parts());
    content.put("style", Template.style());
    content.put("more", Template.resource(EvaluationPage.class, "evaluation.css"));
    return Template.render(EvaluationPage.class, "evaluation.mustache", content);
  }

  private List<Tile> tiles() {
    var tiles = new ArrayList<Tile>();
    var main = protocol.main();
    Stream.concat(results.ours().stream(), results.bestRival().stream())
        .forEach(
            method ->
                tiles.add(
                    new Tile(
                        method.is(Role.OURS) ? "Interest model" : "Best rival: " + method.name(),
                        Numbers.decimals(method.mean(main)),
                        main)));
    results
        .bestRival()
        .map(rival -> results.differences().get(results.difference(rival, main)))
        .ifPresent(
            difference ->
                tiles.add(
                    new Tile(
                        "Ours less the best rival", signed(difference.mean()), ends(difference))));
    int users =
        results.methods().stream()
            .mapToInt(method -> method.everybody().column(main).users().length)
            .max()
            .orElse(0);
    tiles.add(
        new Tile(
            "Users",
            Numbers.count(users),
            "%d of %d splits".formatted(results.splits(), protocol.splits())));
    return tiles;
  }

  private List<PagePart> parts() {
    var accuracy = new AccuracyParts(results);
    var parts = new ArrayList<>(List.of(accuracy.accuracy()));
    if (!results.differences().isEmpty()) {
      parts.add(accuracy.differences());
    }
    parts.add(accuracy.beyondAccuracy());
    parts.add(new SegmentPart(results).part());
    parts.add(settings());
    parts.add(meanings());
    return parts;
  }

  private PagePart settings() {
    var chosen =
        FigureTable.of(
            "What was chosen",
            text("method"),
            text("is"),
            text("setting"),
            number("tried"),
            number("on the validation part"));
    var tried =
        FigureTable.of(
            "All that was tried",
            text("method"),
            text("setting"),
            number("on the validation part"));
    for (var method : results.methods()) {
      var choice = method.choice();
      chosen.line(
          method.name(),
          role(method),
          choice.setting().description(),
          choice.tried().isEmpty() ? "set beforehand" : Numbers.count(choice.tried().size()),
          Numbers.decimals(
              choice.tried().stream()
                  .mapToDouble(Evaluated.Tried::figure)
                  .max()
                  .orElse(Double.NaN)));
      choice
          .tried()
          .forEach(one -> tried.line(method.name(), one.setting(), Numbers.decimals(one.figure())));
    }
    return new PagePart(
        "settings",
        "Settings",
        "Of each method the setting is taken whose %s on the validation part is highest; no test part is looked at. It stays the same for all splits."
            .formatted(String.join(" + ", protocol.chosenBy())),
        List.of(),
        List.of(chosen),
        List.of(tried));
  }

  private static String role(Evaluated method) {
    return switch (method.method().role()) {
      case OURS -> "the interest model";
      case FORM -> "another form of it";
      case RIVAL -> "a rival";
    };
  }

  private PagePart meanings() {
    var names = new LinkedHashSet<String>();
    protocol.measure().names().forEach(name -> names.add(FigureMeaning.bare(name)));
    results.methods().forEach(method -> names.addAll(method.lists().figures().keySet()));
    var table = FigureTable.of("Figures", text("figure"), text("meaning"), text("best"));
    for (var name : names) {
      var meaning = FigureMeaning.of(name);
      table.line(spaced(name), meaning.text(), meaning.best().words());
    }
    return new PagePart(
        "meanings",
        "What the figures mean",
        "A number after a name is the length of the list; unseen. is of items that nobody met in the train part, ranked among themselves.",
        List.of(),
        List.of(table),
        List.of());
  }
}
