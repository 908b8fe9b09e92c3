package io.nightfeed.report;

import static io.nightfeed.pages.FigureTable.number;
import static io.nightfeed.pages.FigureTable.text;
import static io.nightfeed.tables.Columns.AUTHOR_ID;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.TOXICITY;
import static io.nightfeed.tables.Columns.USER_ID;
import static io.nightfeed.tables.Columns.VALENCE;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.encoders.EncoderFolders;
import io.nightfeed.heads.Calibration;
import io.nightfeed.heads.Heads;
import io.nightfeed.heads.Reading;
import io.nightfeed.pages.FigureTable;
import io.nightfeed.pages.Numbers;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.SmallGroups;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What the language models read in this night's new texts, and how far their probabilities can be
 * believed.
 *
 * @param languages new texts by language
 * @param heads in the order of the settings' encoders
 */
record ReadingFigures(List<LanguageTexts> languages, List<Heads> heads) {
  private static final String ID = "readings";
  private static final String TITLE = "What texts say";

  /** Texts at least this likely to be offensive or hateful are counted as toxic. */
  private static final double TOXIC = 0.5;

  /**
   * @param read texts that the heads read; on the others they abstained
   * @param toxic null where nothing may be told of those who wrote them
   * @param valence mean over the texts that were read, null without any
   * @param isTold whether anything may be told of those who write in the language
   */
  record LanguageTexts(
      String language, long texts, long read, Long toxic, Double valence, boolean isTold) {}

  static ReadingFigures read(Night night) {
    var written = written(night);
    var writers = writers(written);
    var users = new LinkedHashMap<String, Long>();
    writers.forEach((language, some) -> users.put(language, some.all()));
    var untold = night.groups().untold(users, some -> together(written, some));
    var languages =
        night
            .slice(Silver.TEXT_ANNOTATIONS)
            .groupBy(LANGUAGE)
            .agg(
                count(lit(1)),
                count(col(VALENCE)),
                count(when(col(TOXICITY).geq(TOXIC), 1)),
                avg(col(VALENCE).cast("decimal(12,9)")).cast("double"))
            .orderBy(count(lit(1)).desc(), col(LANGUAGE))
            .collectAsList()
            .stream()
            .map(
                row -> {
                  var some = writers.getOrDefault(row.getString(0), Writers.NOBODY);
                  return new LanguageTexts(
                      row.getString(0),
                      row.getLong(1),
                      row.getLong(2),
                      some.areToxicTold(night.groups()) ? row.getLong(3) : null,
                      row.isNullAt(4) ? null : row.getDouble(4),
                      !untold.contains(row.getString(0)));
                })
            .toList();
    var folders = new EncoderFolders(night.settings().modelsFolder());
    var heads =
        night.settings().encoders().stream()
            .map(encoder -> Heads.load(encoder, folders.folder(encoder)))
            .toList();
    return new ReadingFigures(languages, heads);
  }

  /**
   * How many people wrote texts.
   *
   * @param toxic those who wrote toxic ones
   * @param others those who wrote ones that are not
   */
  private record Writers(long all, long toxic, long others) {
    static final Writers NOBODY = new Writers(0, 0, 0);

    boolean areToxicTold(SmallGroups groups) {
      return groups.isTold(toxic) && groups.isTold(others);
    }
  }

  /** Each new text of the night, once for everybody who wrote it. */
  private static Dataset<Row> written(Night night) {
    var lake = night.lake();
    var texts =
        lake.upTo(Silver.EVENTS, night.runDate())
            .select(col(TEXT_HASH), col(USER_ID))
            .union(lake.upTo(Silver.POSTS, night.runDate()).select(TEXT_HASH, AUTHOR_ID))
            .distinct();
    return night.slice(Silver.TEXT_ANNOTATIONS).join(texts, TEXT_HASH);
  }

  private static Map<String, Writers> writers(Dataset<Row> written) {
    var isToxic = coalesce(col(TOXICITY).geq(TOXIC), lit(false));
    var writers = new LinkedHashMap<String, Writers>();
    written
        .groupBy(LANGUAGE)
        .agg(
            count_distinct(col(USER_ID)),
            count_distinct(when(isToxic, col(USER_ID))),
            count_distinct(when(not(isToxic), col(USER_ID))))
        .orderBy(LANGUAGE)
        .collectAsList()
        .forEach(
            row ->
                writers.put(
                    row.getString(0), new Writers(row.getLong(1), row.getLong(2), row.getLong(3))));
    return writers;
  }

  private static long together(Dataset<Row> written, Set<String> languages) {
    return written
        .where(col(LANGUAGE).isin(languages.toArray()))
        .agg(count_distinct(col(USER_ID)))
        .first()
        .getLong(0);
  }

  Section section() {
    if (languages.isEmpty()) {
      return Section.empty(ID, TITLE);
    }
    var charts = new ArrayList<Chart>();
    for (var one : heads) {
      for (var reading : Reading.values()) {
        charts.add(reliability(one, reading, one.calibration().get(reading)));
      }
    }
    return new Section(
        ID,
        TITLE,
        "On texts in languages that no head was trained on, the heads abstain. Each chart compares"
            + " how likely heads say that their first choice is with how often it is right, on"
            + " labelled texts that no choice was made on; the dashed line is what calibrated"
            + " heads would do.",
        charts,
        List.of(tonight(), calibration()));
  }

  private static Chart reliability(Heads heads, Reading reading, Calibration calibration) {
    return Chart.curve(
        "reliability-" + heads.encoder() + "-" + reading.column(),
        "%s, %s: how often the likeliest is right"
            .formatted(
                Languages.name(heads.languages().get(0)), reading.column().replace('_', ' ')),
        "probability of the likeliest class",
        "share that is right",
        new Chart.Curve(
            "heads",
            calibration.groups().stream()
                .map(group -> new Chart.Point(group.confidence(), group.accuracy()))
                .toList()),
        new Chart.Curve("calibrated", List.of(new Chart.Point(0, 0), new Chart.Point(1, 1))));
  }

  private FigureTable tonight() {
    var table =
        FigureTable.of(
            "New texts of the night",
            text("language"),
            number("texts"),
            number("abstained"),
            number("toxic"),
            number("% toxic"),
            number("mean valence"));
    for (var one : languages) {
      var isToxicTold = one.isTold() && one.toxic() != null;
      table.line(
          Languages.name(one.language()),
          one.isTold() ? Numbers.count(one.texts()) : Night.UNTOLD,
          one.isTold() ? Numbers.count(one.texts() - one.read()) : Night.UNTOLD,
          isToxicTold ? Numbers.count(one.toxic()) : Night.UNTOLD,
          isToxicTold ? Numbers.percent(one.toxic(), one.read()) : Night.UNTOLD,
          one.valence() == null || !one.isTold() ? null : Numbers.figure(one.valence()));
    }
    return table;
  }

  private FigureTable calibration() {
    var table =
        FigureTable.of(
            "Expected calibration error on held-out texts",
            text("encoder"),
            text("reading"),
            text("held-out texts of"),
            number("texts"),
            number("error"));
    for (var one : heads) {
      one.calibration()
          .forEach(
              (reading, calibration) ->
                  table.line(
                      one.encoder(),
                      reading.column(),
                      calibration.corpus(),
                      Numbers.count(calibration.texts()),
                      Numbers.figure(calibration.expectedCalibrationError())));
    }
    return table;
  }
}
