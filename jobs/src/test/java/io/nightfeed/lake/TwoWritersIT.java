package io.nightfeed.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;

import io.nightfeed.SparkTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes commit to one table at the same time. */
class TwoWritersIT {
  @TempDir private Path folder;

  @Test
  void twoProcessesOfAThousandEntries_loseNoneThatWasAcknowledged() throws Exception {
    var acknowledged = write("entries", 1000);
    var missing = 0;
    for (var commit : acknowledged) {
      var space = commit.indexOf(' ');
      var entry =
          folder.resolve("%020d.json".formatted(Long.parseLong(commit.substring(0, space))));
      missing += isContent(entry, commit.substring(space + 1) + "\n") ? 0 : 1;
    }
    System.out.printf("logstore.commits=%d%nlogstore.missing=%d%n", acknowledged.size(), missing);
    assertThat(acknowledged).hasSize(2000);
    assertThat(missing).isZero();
    assertThat(folder.resolve("%020d.json".formatted(1999))).exists();
    assertThat(folder.resolve("%020d.json".formatted(2000))).doesNotExist();
  }

  @Test
  void twoProcessesThatAppend_loseNoRowThatWasAcknowledged() throws Exception {
    // Neither finds the table: one makes it, and the other must find it then.
    var acknowledged = write("rows", 20).stream().map(Long::valueOf).toList();
    DeltaLog.clearCache();
    var lake = new Lake(SparkTest.spark(), folder);
    var found =
        IntStream.of(1, 2)
            .mapToObj(writer -> lake.slice(CrashTable.SPEC, CrashTable.night(writer)))
            .flatMap(slice -> slice.select("id").as(Encoders.LONG()).collectAsList().stream())
            .toList();
    System.out.printf("append.commits=%d%nappend.rows=%d%n", acknowledged.size(), found.size());
    assertThat(acknowledged).hasSize(40);
    assertThat(found).containsExactlyInAnyOrderElementsOf(acknowledged);
  }

  /** What two processes, 1 and 2, were told is committed. */
  private List<String> write(String what, int commits) throws Exception {
    var processes = new ArrayList<Process>();
    for (var writer = 1; writer <= 2; writer++) {
      processes.add(
          PublishingProcess.java(
                  folder.resolve("writers.log"),
                  WritingProcess.class,
                  what,
                  folder.toString(),
                  String.valueOf(writer),
                  String.valueOf(commits))
              .start());
    }
    var acknowledged = new ArrayList<String>();
    for (var process : processes) {
      acknowledged.addAll(process.inputReader().lines().toList());
      assertThat(process.waitFor())
          .as(() -> contentOf(folder.resolve("writers.log").toFile()))
          .isZero();
    }
    return acknowledged;
  }

  private static boolean isContent(Path entry, String content) throws IOException {
    return Files.exists(entry) && Files.readString(entry).equals(content);
  }
}
