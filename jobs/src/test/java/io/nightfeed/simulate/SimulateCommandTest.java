package io.nightfeed.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.raw.RawFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SimulateCommandTest {
  @TempDir Path raw;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void simulate_writesRecordsAndTruthAndSaysSo() throws IOException {
    assertThat(simulate("--users=5", "--posts=9", "--days=2", "--seed=3")).isZero();
    assertThat(RawFiles.contents(raw).keySet())
        .contains("events/2025-06-01/part-00000.jsonl.gz", "truth/parameters.json");
    assertThat(out.toString()).contains("5 users, 9 posts, 2 days, seed 3", "2 nights");
  }

  @Test
  void folderWithRecords_isKeptUnlessReplaced() throws IOException {
    simulate("--users=5", "--posts=9", "--days=3");
    var before = RawFiles.contents(raw);
    assertThat(simulate("--users=6", "--posts=9", "--days=2")).isEqualTo(2);
    assertThat(RawFiles.contents(raw)).containsExactlyEntriesOf(before);
    assertThat(simulate("--users=6", "--posts=9", "--days=2", "--replace")).isZero();
    assertThat(RawFiles.contents(raw).keySet())
        .noneMatch(file -> file.startsWith("events/2025-06-03"));
  }

  @ParameterizedTest
  @CsvSource({
    "--users=0, --users is 0",
    "--posts=-1, --posts is -1",
    "--days=0, --days is 0",
    "--emotion-effect=NaN, --emotion-effect is NaN",
    "--first-night=2025-06-01, --first-night is 2025-06-01",
    "--first-night=2026-01-01, --first-night is 2026-01-01",
    "--seed=x, --seed"
  })
  void wrongOption_isNamedAndNothingIsWritten(String option, String message) throws IOException {
    assertThat(simulate(option)).isEqualTo(2);
    assertThat(err.toString()).contains(message);
    assertThat(RawFiles.contents(raw)).isEmpty();
  }

  private int simulate(String... options) {
    var command = new CommandLine(new SimulateCommand());
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    var arguments = new String[options.length + 2];
    System.arraycopy(options, 0, arguments, 0, options.length);
    arguments[options.length] = "--to";
    arguments[options.length + 1] = raw.toString();
    return command.execute(arguments);
  }
}
