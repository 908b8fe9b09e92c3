package io.nightfeed.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinkLogStoreTest {
  private static final Configuration CONFIGURATION = new Configuration();

  @TempDir private Path log;

  @Test
  void entry_isWholeAndAlone() throws IOException {
    write("00.json", false, "a", "b");
    assertThat(Files.readString(log.resolve("00.json"))).isEqualTo("a\nb\n");
    assertThat(log.toFile().list()).containsExactly("00.json");
  }

  @Test
  void takenEntry_isRefusedAndKept() throws IOException {
    write("00.json", false, "first");
    assertThatThrownBy(() -> write("00.json", false, "second"))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(Files.readString(log.resolve("00.json"))).isEqualTo("first\n");
    assertThat(log.toFile().list()).containsExactly("00.json");
  }

  @Test
  void overwrite_replacesAlsoWhatHadoopWrote() throws IOException {
    var path = hadoopPath("_last_checkpoint");
    var hadoop = path.getFileSystem(CONFIGURATION);
    try (var old = hadoop.create(path)) {
      old.writeBytes("old\n");
    }
    write("_last_checkpoint", true, "new");
    try (var read = hadoop.open(path)) {
      assertThat(new String(read.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("new\n");
    }
  }

  @Test
  void checkpoints_areToBeRenamedIntoPlace() {
    assertThat(store().isPartialWriteVisible(hadoopPath("01.checkpoint.parquet"), CONFIGURATION))
        .isTrue();
  }

  @Test
  void failureWhileWriting_leavesNothing() {
    var failing =
        IntStream.range(0, 3)
            .mapToObj(
                line -> {
                  if (line == 2) {
                    throw new IllegalStateException("no more lines");
                  }
                  return "line";
                })
            .iterator();
    assertThatThrownBy(() -> store().write(hadoopPath("00.json"), failing, false, CONFIGURATION))
        .isInstanceOf(IllegalStateException.class);
    assertThat(log.toFile().list()).isEmpty();
  }

  @Test
  void manyWritersOfOneVersion_oneWins() throws Exception {
    var writers = 8;
    var pool = Executors.newFixedThreadPool(writers);
    try {
      for (var version = 0; version < 50; version++) {
        var name = version + ".json";
        var attempts =
            IntStream.range(0, writers)
                .mapToObj(writer -> (Callable<Boolean>) () -> wins(name, "writer " + writer))
                .toList();
        var won = 0;
        for (var attempt : pool.invokeAll(attempts)) {
          won += attempt.get() ? 1 : 0;
        }
        assertThat(won).as(name).isEqualTo(1);
      }
    } finally {
      pool.shutdown();
    }
  }

  private boolean wins(String name, String line) throws IOException {
    try {
      write(name, false, line);
      return true;
    } catch (FileAlreadyExistsException taken) {
      return false;
    }
  }

  private void write(String name, boolean overwrite, String... lines) throws IOException {
    store().write(hadoopPath(name), List.of(lines).iterator(), overwrite, CONFIGURATION);
  }

  private static LinkLogStore store() {
    return new LinkLogStore(CONFIGURATION);
  }

  private org.apache.hadoop.fs.Path hadoopPath(String name) {
    return new org.apache.hadoop.fs.Path(log.resolve(name).toUri());
  }
}
