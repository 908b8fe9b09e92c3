package io.nightfeed.simulate;

import io.nightfeed.raw.ExistingRecords;
import io.nightfeed.raw.RawFormat;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code nightfeed simulate}: a synthetic platform with known truth. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    header = "Make a synthetic platform whose truth is known.",
    description =
        "Writes raw events and posts as a platform would hand them over, with late, repeated and"
            + " broken records among them, and beside them, in <raw>/truth/, what is true: each"
            + " user's interests and daily mood, each post's topic and tone, the size of the emotion"
            + " effect, and how many records of each kind were planted. The same options write the"
            + " same bytes.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:written", "1:the raw folder cannot be written", "2:wrong option"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  # A week of history at once, then seven nights:",
      "  nightfeed simulate --users 200 --posts 400 --days 14 --seed 1 \\",
      "      --first-day 2025-06-01 --first-night 2025-06-08 --to raw",
      "",
      "  # A platform on which mood changes nothing, to see that none is found:",
      "  nightfeed simulate --users 2000 --posts 3000 --days 21 \\",
      "      --emotion-effect 0 --to raw-zero"
    })
public final class SimulateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--users", defaultValue = "200", paramLabel = "N", description = "Users.")
  private int users;

  @Option(
      names = "--posts",
      defaultValue = "400",
      paramLabel = "N",
      description = "Posts over the whole time; some are from before the first day.")
  private int posts;

  @Option(names = "--days", defaultValue = "14", paramLabel = "N", description = "Days of events.")
  private int days;

  @Option(
      names = "--impressions",
      defaultValue = "7",
      paramLabel = "N",
      description = "Posts that a typical user is shown on an active day, 1 to 100.")
  private double impressions;

  @Option(
      names = "--seed",
      defaultValue = "42",
      paramLabel = "N",
      description = "Another seed is another platform.")
  private long seed;

  @Option(
      names = "--first-day",
      defaultValue = "2025-06-01",
      paramLabel = "YYYY-MM-DD",
      description = "UTC date of the first events.")
  private LocalDate firstDay;

  @Option(
      names = "--first-night",
      showDefaultValue = Visibility.NEVER,
      paramLabel = "YYYY-MM-DD",
      description = "What happens before this UTC date lands on its eve, as a backlog.")
  private LocalDate firstNight;

  @Option(
      names = "--emotion-effect",
      defaultValue = "1.0",
      paramLabel = "X",
      description =
          "How much mood changes engagement: 1 is clear and realistic, 0 is not at all, below 0 is"
              + " the opposite.")
  private double emotionEffect;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "RAW",
      description = "Raw folder to write; made when missing.")
  private Path to;

  @Option(
      names = "--replace",
      showDefaultValue = Visibility.NEVER,
      description = "Replace the records that an earlier simulation or import wrote there.")
  private boolean replace;

  @Override
  public Integer call() {
    var settings =
        new SimulationSettings(
            users, posts, days, impressions, seed, firstDay, firstNight, emotionEffect);
    var problems = settings.problems();
    if (!problems.isEmpty()) {
      return fail(ExitCode.USAGE, String.join(System.lineSeparator() + "  ", problems));
    }
    try {
      var existing = replace ? ExistingRecords.REPLACE : ExistingRecords.KEEP;
      printSummary(new Simulation(settings).writeTo(to, existing));
      return ExitCode.OK.status();
    } catch (JobFailure failure) {
      return fail(failure.code(), failure.getMessage());
    } catch (IOException e) {
      return fail(ExitCode.FAILED, e + ". Check that " + to + " is writable and has space.");
    }
  }

  private int fail(ExitCode code, String message) {
    var err = spec.commandLine().getErr();
    err.println("simulate: " + message);
    err.flush();
    return code.status();
  }

  private void printSummary(TruthParameters parameters) {
    var out = spec.commandLine().getOut();
    var planted = parameters.planted();
    var nights = planted.nights().keySet().stream().sorted().toList();
    out.println("simulate");
    out.printf(
        Locale.ROOT,
        "  platform  %,d users, %,d posts, %,d days, seed %d%n",
        users,
        posts,
        days,
        seed);
    out.printf(
        Locale.ROOT,
        "  events    %,d lines: %,d late, %,d repeated, %,d broken%n",
        planted.total(Planted.EVENT_LINES),
        planted.total(Planted.LATE_EVENTS),
        planted.total(Planted.REPEATS_OF_SAME_NIGHT)
            + planted.total(Planted.REPEATS_OF_EARLIER_NIGHT),
        planted.total(Planted.BROKEN_EVENTS));
    out.printf(
        Locale.ROOT,
        "  posts     %,d lines: %,d broken%n",
        planted.total(Planted.POST_LINES),
        planted.total(Planted.BROKEN_POSTS));
    out.printf(Locale.ROOT, "  emotion   kappa %.2f (0 is no effect)%n", parameters.kappa());
    if (!nights.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "  landed    %,d nights, %s to %s, in %s%n",
          nights.size(),
          nights.get(0),
          nights.get(nights.size() - 1),
          to);
    }
    out.println("  truth     " + to.resolve(RawFormat.TRUTH_FOLDER));
    out.flush();
  }
}
