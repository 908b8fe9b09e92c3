package io.nightfeed.report;

import io.nightfeed.lake.Lake;
import io.nightfeed.run.Job;
import io.nightfeed.run.JobContext;
import io.nightfeed.tables.Gold;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** One HTML page about the night: {@code <lake>/reports/run_date=YYYY-MM-DD/index.html}. */
public final class ReportJob implements Job {
  private static final String PAGE = "index.html";

  @Override
  public String name() {
    return "report";
  }

  @Override
  public void run(JobContext context) {
    var lake = context.lake();
    var runDate = context.runDate();
    var figures = Figures.read(new Night(lake, runDate, context.settings()), name());
    var html =
        ReportPage.render(
            figures, runDate, context.record().runId(), nightBefore(lake, runDate), tables(lake));
    var file = write(page(lake, runDate), html);
    context.record().count("users.served", figures.audience().served());
    context.record().count("recommendations", figures.scores().recommendations());
    context.record().note("report", file.toString());
  }

  /** Where the report of a night lies, whether it is written or not. */
  static Path page(Lake lake, LocalDate runDate) {
    return lake.root().resolve("reports").resolve("run_date=" + runDate).resolve(PAGE);
  }

  /** A link that also works when the folder of reports is copied somewhere else. */
  private static String nightBefore(Lake lake, LocalDate runDate) {
    var before = runDate.minusDays(1);
    return Files.exists(page(lake, before)) ? "../run_date=" + before + "/" + PAGE : "";
  }

  /** Tables that exist, with their folders. */
  static Map<String, String> tables(Lake lake) {
    var folders = new LinkedHashMap<String, String>();
    Stream.concat(Gold.ALL.stream(), Silver.ALL.stream())
        .filter(table -> Files.isDirectory(lake.location(table)))
        .forEach((TableSpec table) -> folders.put(table.name(), lake.location(table).toString()));
    return folders;
  }

  /** Written aside and renamed: a reader never sees half a page. */
  private static Path write(Path file, String html) {
    try {
      Files.createDirectories(file.getParent());
      var aside = Files.writeString(file.resolveSibling("." + PAGE + ".tmp"), html);
      return Files.move(
          aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the report " + file, e);
    }
  }
}
