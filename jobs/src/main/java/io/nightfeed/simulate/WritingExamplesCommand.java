package io.nightfeed.simulate;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.nightfeed.run.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code nightfeed writing-examples}: what the small writer of the tests learns from. */
@Command(
    name = "writing-examples",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = {
      "Writes English posts of a simulated platform with the lines that generate would ask for, as JSON",
      "lines of task, text and line, in train.jsonl and test.jsonl. No text is in both. Offensive posts",
      "are left out. The same options write the same bytes."
    },
    footer = {
      "",
      "Example:",
      "  nightfeed writing-examples --posts 12000 --seed 7 --to target/writer/examples"
    })
public final class WritingExamplesCommand implements Callable<Integer> {
  private static final int USERS = 500;
  private static final int DAYS = 14;
  private static final LocalDate FIRST_DAY = LocalDate.of(2025, 6, 1);

  /** One text in so many is for testing. */
  private static final int TEST_SHARE = 20;

  @Spec private CommandSpec spec;

  @Option(
      names = "--posts",
      defaultValue = "12000",
      paramLabel = "N",
      description = "Posts of the platform, of all languages.")
  private int posts;

  @Option(names = "--seed", defaultValue = "7", paramLabel = "N", description = "Of the platform.")
  private long seed;

  @Option(names = "--to", required = true, paramLabel = "DIR", description = "Where they go.")
  private Path to;

  @Override
  public Integer call() throws IOException {
    var settings = new SimulationSettings(USERS, posts, DAYS, 7, seed, FIRST_DAY, null, 1);
    var train = new ArrayList<WritingExample>();
    var test = new ArrayList<WritingExample>();
    for (var post : new Simulation(settings).posts()) {
      var truth = post.truth();
      if (truth.language().equals(SimulatedUser.ENGLISH) && !truth.toxic()) {
        for (var example : PostWriting.examples(post, seed)) {
          // By its text: what two posts say is on one side.
          boolean isForTest = Math.floorMod(example.text().hashCode(), TEST_SHARE) == 0;
          (isForTest ? test : train).add(example);
        }
      }
    }
    Files.createDirectories(to);
    write(train, to.resolve("train.jsonl"));
    write(test, to.resolve("test.jsonl"));
    spec.commandLine().getOut().printf("train=%d%ntest=%d%n", train.size(), test.size());
    spec.commandLine().getOut().flush();
    return ExitCode.OK.status();
  }

  private static void write(List<WritingExample> examples, Path file) throws IOException {
    var json = new ObjectMapper();
    try (var writer = Files.newBufferedWriter(file)) {
      for (var example : examples) {
        writer.write(json.writeValueAsString(example));
        writer.write('\n');
      }
    }
  }
}
