package io.nightfeed.report;

import io.nightfeed.pages.Numbers;
import java.util.ArrayList;
import java.util.List;

/**
 * What happened tonight, on the first screen.
 *
 * @param alerts what needs a person's attention
 * @param tiles the figures of the night
 * @param funnel from lines to recommendations
 */
record Headline(List<String> alerts, List<Tile> tiles, List<Tile> funnel) {
  /** A figure with its name and a remark. */
  record Tile(String name, String figure, String remark) {}

  static Headline of(Figures figures) {
    return new Headline(alerts(figures), tiles(figures), funnel(figures));
  }

  private static List<String> alerts(Figures figures) {
    var alerts = new ArrayList<String>();
    var failed = figures.stages().failed();
    if (!failed.isEmpty()) {
      alerts.add("Not all jobs succeeded: " + String.join(", ", failed) + ". See Stages.");
    }
    if (!figures.ingest().hasTonight()) {
      alerts.add("Nothing was ingested for this run date.");
    }
    if (figures.scores().recommendations() == 0) {
      alerts.add("No recommendations were written for this run date.");
    }
    return alerts;
  }

  private static List<Tile> tiles(Figures figures) {
    var audience = figures.audience();
    var events = figures.ingest().tonight("events");
    var posts = figures.ingest().tonight("posts");
    return List.of(
        new Tile(
            "Users served",
            Numbers.count(audience.served()),
            audience.areActiveTold()
                ? Numbers.percent(audience.activeServed(), audience.active())
                    + " of "
                    + Numbers.count(audience.active())
                    + " active users"
                : "how many are active is untold"),
        new Tile(
            "Posts known",
            Numbers.count(figures.languages().knownPosts()),
            Numbers.count(posts.rowsOut()) + " came tonight"),
        new Tile("Events in", Numbers.count(events.linesIn()), "lines read tonight"),
        new Tile(
            "Events out",
            Numbers.count(events.rowsOut()),
            Numbers.count(events.duplicates()) + " duplicates dropped"),
        new Tile(
            "Events quarantined",
            Numbers.count(events.quarantined()),
            Numbers.percent(events.quarantined(), events.linesIn()) + " of the lines"),
        new Tile("Model version", figures.modelVersion(), "scored tonight's recommendations"));
  }

  private static List<Tile> funnel(Figures figures) {
    var events = figures.ingest().tonight("events");
    var audience = figures.audience();
    return List.of(
        new Tile("event lines", Numbers.count(events.linesIn()), "tonight"),
        new Tile("events kept", Numbers.count(events.rowsOut()), "tonight"),
        new Tile("user–post signals", Numbers.count(figures.signals()), "in the history window"),
        new Tile(
            "users with a state",
            Numbers.count(audience.known()),
            AudienceFigures.told(audience.isMoodTold(), audience.withMood())
                + " with a known mood"),
        new Tile(
            "users served",
            Numbers.count(audience.served()),
            AudienceFigures.told(audience.areNewTold(), audience.newServed()) + " of them new"),
        new Tile(
            "recommendations", Numbers.count(figures.scores().recommendations()), "for tomorrow"));
  }
}
