package io.nightfeed.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.nightfeed.raw.RawFiles;
import io.nightfeed.raw.RawSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole public data sets, where the machine has them. */
class RealDataImportTest {
  @TempDir Path raw;

  @Test
  void weiboThreads_importsWhole() throws IOException {
    importWhole("weibo-threads", "weibo-threads");
    var events = records(RawSource.EVENTS);
    assertThat(events).hasSize(114_735);
    assertThat(events.stream().map(event -> event.path("event_id").asText()).distinct())
        .hasSize(114_735);
    assertThat(events.stream().map(event -> event.path("user_id").asText()).distinct())
        .hasSize(26_950);
    assertThat(records(RawSource.POSTS))
        .hasSize(3_387)
        .allSatisfy(post -> assertThat(post.path("created_at").asText()).startsWith("201"));
  }

  @Test
  void movielens_importsWhole() throws IOException {
    importWhole("movielens", "movielens-latest-small");
    assertThat(records(RawSource.EVENTS)).hasSize(100_836);
    assertThat(
            records(RawSource.POSTS).stream().map(post -> post.path("post_id").asText()).distinct())
        .hasSize(9_742);
  }

  @Test
  void deskdrop_importsWhole() throws IOException {
    importWhole("deskdrop", "deskdrop");
    assertThat(records(RawSource.EVENTS)).hasSize(72_312);
    assertThat(records(RawSource.POSTS)).hasSize(2_987);
  }

  private void importWhole(String dataset, String folder) {
    var data = Optional.ofNullable(System.getenv("NIGHTFEED_DATA")).orElse("../../shared/data");
    var from = Path.of(data).resolve(folder);
    assumeTrue(Files.isDirectory(from), () -> from + " is not on this machine");
    var status =
        new CommandLine(new ImportCommand())
            .execute(dataset, "--from", from.toString(), "--to", raw.toString());
    assertThat(status).isZero();
  }

  private List<JsonNode> records(RawSource source) throws IOException {
    return RawFiles.records(raw, source).values().stream().flatMap(List::stream).toList();
  }
}
