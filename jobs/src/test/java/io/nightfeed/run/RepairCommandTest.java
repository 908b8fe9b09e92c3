package io.nightfeed.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.tables.Silver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepairCommandTest {
  private static final Instant NOW = Instant.parse("2025-06-20T01:02:03Z");

  @TempDir private Path lake;

  @Test
  void damage_isTold_mendedAndToldNoMore() throws IOException {
    var entry = entry("%020d.json".formatted(0));
    assertThat(check(ExitCode.DATA_QUALITY))
        .contains("silver.events", "torn last entry", entry.toString(), " 1 findings");
    assertThat(repair(ExitCode.OK)).contains("Moved to " + lake.resolve("repaired"));
    assertThat(check(ExitCode.OK)).contains(" 0 findings");
  }

  @Test
  void damageThatCannotBeMended_isExitCodeThree() throws IOException {
    entry("%020d.json".formatted(0));
    entry("%020d.crc".formatted(0));
    assertThat(repair(ExitCode.DATA_QUALITY))
        .contains("NOT MENDED", "Restore it from a copy", "1 findings, 1 of them")
        .doesNotContain("Moved");
  }

  private Path entry(String name) throws IOException {
    var file = lake.resolve(Silver.EVENTS.path()).resolve("_delta_log").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "{\"commitInfo\":");
  }

  private String check(ExitCode expected) {
    var out = new StringWriter();
    assertThat(RepairCommand.check(SparkTest.spark(), lake, NOW, new PrintWriter(out)))
        .isEqualTo(expected);
    return out.toString();
  }

  private String repair(ExitCode expected) {
    var out = new StringWriter();
    assertThat(RepairCommand.repair(SparkTest.spark(), lake, NOW, new PrintWriter(out)))
        .isEqualTo(expected);
    return out.toString();
  }
}
