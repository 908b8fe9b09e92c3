package io.nightfeed.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.TestPlatform;
import io.nightfeed.config.SettingsLoader;
import io.nightfeed.lake.Lake;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobRunner;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainJobTest {
  private static final LocalDate NIGHT = LocalDate.of(2025, 6, 3);

  @TempDir Path folder;
  private final StringWriter printed = new StringWriter();

  @Test
  void withoutAnyPost_theNightIsRefusedAndSaysWhatIsMissing() {
    assertThat(train()).isEqualTo(ExitCode.DATA_QUALITY);
    assertThat(printed.toString()).contains("No post is known up to 2025-06-03");
    assertThat(folder.resolve("models")).doesNotExist();
  }

  @Test
  void withoutAnyEngagement_theNightIsRefusedAndSaysWhatIsMissing() {
    new TestPlatform()
        .post("p1", "a1", "2025-06-02T10:00:00Z", "text")
        .arrive(new Lake(SparkTest.spark(), folder), NIGHT);
    assertThat(train()).isEqualTo(ExitCode.DATA_QUALITY);
    assertThat(printed.toString()).contains("No user engaged with any known post");
  }

  private ExitCode train() {
    var settings = SettingsLoader.load(List.of(), Map.of("lake-folder", "\"" + folder + "\""));
    var runner =
        new JobRunner(SparkTest.spark(), settings, new PrintWriter(printed), Clock.systemUTC());
    return runner.run(List.of(new TrainJob()), NIGHT);
  }
}
