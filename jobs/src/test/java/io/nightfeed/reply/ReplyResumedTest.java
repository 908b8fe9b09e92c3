package io.nightfeed.reply;

import static io.nightfeed.reply.OpenComments.NIGHT;
import static io.nightfeed.tables.Columns.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.generate.GullibleServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is stopped, and run again; two comments of it say the same about the same. */
class ReplyResumedTest {
  private static final int PLACES = 12;
  private static final int BATCH = 5;
  private static final String TEXT = "We saw the quiet harbour at place number %d.";

  @TempDir Path folder;
  private GullibleServer server;
  private OpenComments platform;

  @BeforeEach
  void platform() throws IOException {
    server = new GullibleServer("");
    server.answerAllWell();
    platform = new OpenComments(folder);
    for (int i = 0; i < PLACES; i++) {
      platform
          .post("post-" + i, i, TEXT.formatted(i))
          .comment("ask-" + i, "under-" + i, i, "Where is %d exactly?".formatted(i));
    }
    platform.comment("again", "elsewhere", 0, "Where is 0 exactly?").arrive();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Map<String, String> settings() {
    return Map.of(
        "reply.writer",
        "chat",
        "chat.base-url",
        "\"" + server.url() + "\"",
        "chat.batch",
        String.valueOf(BATCH),
        "chat.parallel",
        "2",
        "chat.calls-per-minute",
        "100000",
        "chat.cost-per-million-prompt-tokens",
        "10");
  }

  private static boolean isWritten(Row row) {
    return row.<String>getAs(WRITER).equals("chat");
  }

  @Test
  void runThatIsKilled_keepsItsBatches_andWhatWasPaidForIsNotPaidForAgain()
      throws InterruptedException {
    var killed = new Thread(() -> platform.tryReply(NIGHT, settings(), Map.of()));
    server.onCall(BATCH + 2, killed::interrupt);
    killed.start();
    killed.join();
    var kept = platform.suggestions(NIGHT);
    assertThat(kept).hasSize(PLACES + 1);
    assertThat(kept.values())
        .allMatch(row -> isWritten(row) || "not_asked".equals(row.getAs(CAUSE)));
    assertThat(kept.values().stream().filter(ReplyResumedTest::isWritten))
        .extracting(row -> row.<String>getAs(CONTENT_KEY))
        .satisfies(keys -> assertThat(keys.stream().distinct()).hasSize(BATCH));

    platform.reply(NIGHT, settings(), Map.of());
    var all = platform.suggestions(NIGHT);
    assertThat(all.values()).allMatch(ReplyResumedTest::isWritten);
    kept.values().stream()
        .filter(ReplyResumedTest::isWritten)
        .forEach(row -> assertThat(all.get(row.<String>getAs(EVENT_ID))).isEqualTo(row));
    int answered = server.answered().values().stream().mapToInt(Integer::intValue).sum();
    assertThat(answered).isBetween(PLACES, PLACES + BATCH);
    // What stands alone under its post is one thing, whichever post that is.
    assertThat(all.get("again").<String>getAs(CONTENT_KEY))
        .isEqualTo(all.get("ask-0").<String>getAs(CONTENT_KEY));
    assertThat(all.get("again").<Double>getAs(COST)).isPositive();
    assertThat(all.get("ask-0").<Double>getAs(COST)).isZero();

    int calls = server.calls();
    platform.reply(NIGHT, settings(), Map.of());
    assertThat(server.calls()).isEqualTo(calls);
    assertThat(platform.suggestions(NIGHT)).isEqualTo(all);
    assertThat(all.values()).noneMatch(row -> Objects.equals(row.getAs(IS_REUSED), true));
  }
}
