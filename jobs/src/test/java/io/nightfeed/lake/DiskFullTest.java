package io.nightfeed.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nightfeed.SparkTest;
import io.nightfeed.lake.CrashTable.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lake on a file system of 8 MB. Skipped where this user may not mount one. */
class DiskFullTest {
  private static final int OLD = 1;
  private static final int ROWS = 300_000;

  @TempDir private Path folder;
  private boolean isMounted;

  @BeforeEach
  void mount() throws Exception {
    isMounted = run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder.toString());
    assumeTrue(isMounted, "a small file system cannot be mounted here: mount -t tmpfs failed");
  }

  @AfterEach
  void unmount() throws Exception {
    if (isMounted) {
      run("umount", "-l", folder.toString());
    }
  }

  @Test
  void publishThatFillsTheDisk_saysSoAndLeavesTheSlice_andARetryWithRoomSucceeds()
      throws IOException {
    var lake = new Lake(SparkTest.spark(), folder);
    CrashTable.publish(SparkTest.spark(), folder, OLD);
    var filler = Files.write(folder.resolve("filler"), new byte[6 << 20]);

    assertThatThrownBy(() -> publishMuch(lake))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("No space left")
        .hasMessageContaining(CrashTable.SPEC.name())
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("Make room");
    assertThat(CrashTable.read(folder, Map.of(CrashTable.night(OLD), List.of(OLD))).values())
        .extracting(CrashTable.Slice::state)
        .containsExactly(State.WHOLE);

    Files.delete(filler);
    publishMuch(lake);
    DeltaLog.clearCache();
    assertThat(lake.slice(CrashTable.SPEC, CrashTable.night(OLD)).count()).isEqualTo(ROWS);
  }

  /** Some 2.5 MB that compression cannot make smaller. */
  private static void publishMuch(Lake lake) {
    var rows =
        SparkTest.spark()
            .range(0, ROWS, 1, 2)
            .select(functions.abs(functions.xxhash64(functions.col("id"))).as("id"))
            .withColumn("attempt", functions.lit(2));
    lake.publish(CrashTable.SPEC, CrashTable.night(OLD), rows);
  }

  private static boolean run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException notThere) {
      return false;
    }
  }
}
