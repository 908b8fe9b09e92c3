package io.nightfeed.sources;

import io.nightfeed.raw.ExistingRecords;
import io.nightfeed.raw.RawEvent;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import io.nightfeed.sources.Importer.Landed;
import io.nightfeed.sources.Importer.Landing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code nightfeed import}: a public data set into the raw formats. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    header = "Turn a public data set into raw events and posts.",
    description =
        "Reads an unpacked data set and writes <raw>/events/<landing date>/part-00000.jsonl.gz and"
            + " <raw>/posts/<landing date>/part-00000.jsonl.gz. Each record lands on the UTC date on"
            + " which it happened. With --first-night, everything from before that night lands"
            + " together on its eve, so that one run loads all history and the nights after it are"
            + " ordinary ones. With --nights, records land on these alone.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:written",
      "1:a file of the data set cannot be read",
      "2:wrong option, or the data set is not where --from says"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  # All of Weibo's history before March 2013 at once, then night by night:",
      "  nightfeed import weibo-threads --from data/weibo-threads \\",
      "      --first-night 2013-03-01 --to raw",
      "  nightfeed nightly --set raw-folder=raw --run-date 2013-02-28",
      "  nightfeed nightly --set raw-folder=raw --run-date 2013-03-01",
      "",
      "  nightfeed import movielens --from data/ml-latest-small --to raw-movielens",
      "  nightfeed import deskdrop --from data/deskdrop --to raw-deskdrop"
    })
public final class ImportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "DATASET",
      converter = ByName.class,
      description = "weibo-threads, movielens (ml-latest-small) or deskdrop.")
  private PublicDataset dataset;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the unpacked data set; its files may be gzipped.")
  private Path from;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "RAW",
      description = "Raw folder to write; made when missing.")
  private Path to;

  @Option(
      names = "--first-night",
      paramLabel = "YYYY-MM-DD",
      description = "What happened before this UTC date lands on its eve.")
  private LocalDate firstNight;

  @Option(
      names = "--nights",
      split = ",",
      paramLabel = "YYYY-MM-DD",
      description =
          "Each record lands on the first of these nights that is not before its UTC date; what comes"
              + " after the last is left out.")
  private List<LocalDate> nights = List.of();

  @Option(
      names = "--replace",
      description = "Replace the records that an earlier import or simulation wrote there.")
  private boolean replace;

  @Override
  public Integer call() {
    if (firstNight != null && !nights.isEmpty()) {
      return fail(ExitCode.USAGE, "--first-night and --nights exclude one another: give one.");
    }
    var landing = nights.isEmpty() ? Landing.daily(firstNight) : Landing.on(nights);
    try {
      var records = dataset.read(from);
      var existing = replace ? ExistingRecords.REPLACE : ExistingRecords.KEEP;
      var landed = new Importer(to, landing, existing).land(records);
      printSummary(records, landed);
      return ExitCode.OK.status();
    } catch (JobFailure failure) {
      return fail(failure.code(), failure.getMessage());
    } catch (IOException e) {
      return fail(
          ExitCode.FAILED,
          e
              + ". Check that "
              + from
              + " is readable and complete, and that "
              + to
              + " is writable.");
    }
  }

  private int fail(ExitCode code, String message) {
    var err = spec.commandLine().getErr();
    err.println("import " + dataset + ": " + message);
    err.flush();
    return code.status();
  }

  private void printSummary(Dataset records, Landed landed) {
    var out = spec.commandLine().getOut();
    var users = records.events().stream().map(RawEvent::userId).distinct().count();
    var dates = new TreeSet<>(landed.events().keySet());
    dates.addAll(landed.posts().keySet());
    out.println("import " + dataset);
    out.printf(Locale.ROOT, "  events   %,d by %,d users%n", lines(landed.events()), users);
    var leftOut = records.events().size() - lines(landed.events());
    if (leftOut > 0) {
      out.printf(Locale.ROOT, "  left out %,d events after the last night%n", leftOut);
    }
    out.printf(Locale.ROOT, "  posts    %,d%n", lines(landed.posts()));
    if (!dates.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "  landed   %,d nights, %s to %s, in %s%n",
          dates.size(),
          dates.first(),
          dates.last(),
          to);
    }
    records.notes().forEach(note -> out.println("  note     " + note));
    out.println("  licence  " + dataset.licence());
    out.flush();
  }

  private static long lines(Map<LocalDate, Long> byLanding) {
    return byLanding.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Finds a data set by the name that the command line uses. */
  static final class ByName implements ITypeConverter<PublicDataset> {
    @Override
    public PublicDataset convert(String name) {
      return Arrays.stream(PublicDataset.values())
          .filter(known -> known.toString().equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'"
                          + name
                          + "' is not a known data set; expected one of "
                          + List.of(PublicDataset.values())));
    }
  }
}
