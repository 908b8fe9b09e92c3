package io.nightfeed.report;

import io.nightfeed.tables.Silver;
import java.util.List;

/** Everything that the report shows of a night. */
record Figures(
    IngestFigures ingest,
    QuarantineFigures quarantine,
    long signals,
    AudienceFigures audience,
    CoverageFigures coverage,
    ScoreFigures scores,
    AmplificationFigures amplification,
    GeneratedFigures generated,
    ReplyFigures replies,
    MoodFigures mood,
    LanguageFigures languages,
    ReadingFigures readings,
    ModelFigures model,
    DriftFigures drift,
    StageFigures stages,
    double coreHourPrice,
    List<UserList> examples) {
  private static final int EXAMPLE_TOP = 5;

  static Figures read(Night night, String ownJob) {
    var audience = AudienceFigures.read(night);
    var mood = MoodFigures.read(night);
    return new Figures(
        IngestFigures.read(night),
        QuarantineFigures.read(night),
        night.slice(Silver.USER_ITEM_SIGNALS).count(),
        audience,
        CoverageFigures.read(night, audience),
        ScoreFigures.read(night),
        AmplificationFigures.read(night),
        GeneratedFigures.read(night),
        ReplyFigures.read(night),
        mood,
        LanguageFigures.read(night, mood),
        ReadingFigures.read(night),
        ModelFigures.read(night),
        DriftFigures.read(night),
        StageFigures.read(night, ownJob),
        night.settings().report().coreHourPrice(),
        new UserLists(night).spread(night.settings().report().exampleUsers(), EXAMPLE_TOP));
  }

  /** The version that scored, or that was evaluated when nothing was scored; a dash for neither. */
  String modelVersion() {
    return scores.modelVersion().isEmpty()
        ? model.modelVersion().orElse("–")
        : scores.modelVersion();
  }

  /** The sections in the order of the page. */
  List<Section> sections() {
    return List.of(
        ingest.section(),
        quarantine.section(),
        mood.section(),
        languages.section(),
        readings.section(),
        coverage.section(),
        scores.section(),
        amplification.section(),
        generated.section(),
        replies.section(),
        model.section(),
        drift.section(),
        stages.section(audience.activeIfTold(), coreHourPrice));
  }
}
