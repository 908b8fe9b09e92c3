package io.nightfeed;

import io.nightfeed.config.Settings;
import io.nightfeed.tables.SmallGroups;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Settings of the jobs that need no language model. */
public final class TestSettings {
  private TestSettings() {}

  public static Settings of(
      Path lakeFolder, Settings.Profile profile, Settings.Recommend recommend) {
    return new Settings(
        lakeFolder.resolve("raw"),
        lakeFolder,
        lakeFolder.resolve("models"),
        null,
        null,
        List.of(),
        null,
        profile,
        null,
        recommend,
        null,
        null,
        new Settings.Safety(0.5),
        reply(),
        null,
        null,
        null,
        null,
        new SmallGroups(20),
        "test");
  }

  public static Settings.Reply reply() {
    return new Settings.Reply(
        Settings.ReplyWriter.RETRIEVED, "", 0.6, 0.6, 0.3, 4, 0.8, 2, 30, 100, 100, 60);
  }

  public static Settings.Profile profile() {
    return new Settings.Profile(
        30,
        2,
        10,
        1,
        0.5,
        Map.of("click", 1.0, "like", 1.0, "comment", 2.0, "share", 1.0, "follow", 1.0),
        new Settings.Dwell(0, 5, 30));
  }

  public static Settings.Recommend recommend() {
    return new Settings.Recommend(
        10, 7, 5, 2, 2, 10, 1000, new Settings.Reranking(1, 10, 0, 0, 0, 0, 0, -0.1, -0.3));
  }
}
