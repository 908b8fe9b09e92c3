package io.nightfeed.heads;

import static io.nightfeed.heads.LabelledCorpus.DEV;
import static io.nightfeed.heads.LabelledCorpus.OTHER_DOMAIN;
import static io.nightfeed.heads.LabelledCorpus.TEST;
import static io.nightfeed.heads.LabelledCorpus.TRAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledCorpusTest {
  @TempDir private Path data;

  private void write(String name, String content) throws IOException {
    var file = data.resolve(name);
    Files.createDirectories(file.getParent());
    try (var stream =
        name.endsWith(".gz")
            ? new GZIPOutputStream(Files.newOutputStream(file))
            : Files.newOutputStream(file)) {
      stream.write(content.getBytes(StandardCharsets.UTF_8));
    }
  }

  private List<String> read(LabelledCorpus corpus) {
    return corpus.read(SparkTest.spark(), data).collectAsList().stream()
        .map(row -> row.getString(0) + " " + row.getList(1) + " " + row.getString(2))
        .sorted()
        .toList();
  }

  @Test
  void goEmotions_hasSeveralLabelsQuotesAndMentions() throws IOException {
    write("goemotions/ekman/train.tsv.gz", "\"So [NAME] left\t0,5\tid1\nseen again\t4\tid2\n");
    write("goemotions/ekman/dev.tsv.gz", "fine &amp; dandy\t3\tid3\n");
    write("goemotions/ekman/test.tsv.gz", "seen again\t4\tid4\n");
    assertThat(read(LabelledCorpus.GOEMOTIONS_EKMAN))
        .containsExactly(
            "\"So @user left [anger, sadness] " + TRAIN,
            "fine & dandy [joy] " + DEV,
            // In the test part, so not in the train part.
            "seen again [neutral] " + TEST);
  }

  @Test
  void smp2020_hasEmoticonsAndAnotherDomain() throws IOException {
    var row = "[{\"id\": 1, \"content\": \"%s\", \"label\": \"%s\"}]";
    write("smp2020-ewect/virus_train.json.gz", row.formatted("致敬《心》", "happy"));
    write("smp2020-ewect/virus_eval_labeled.json.gz", row.formatted("害怕", "fear"));
    write("smp2020-ewect/usual_eval_labeled.json.gz", row.formatted("气", "angry"));
    assertThat(read(LabelledCorpus.SMP2020))
        .contains("害怕 [fear] " + TEST, "气 [anger] " + OTHER_DOMAIN)
        .anyMatch(line -> line.startsWith("致敬[心] [joy]"));
  }

  @Test
  void drawnParts_dependOnTheTextAlone() throws IOException {
    var lines = "label,review\n";
    for (int i = 0; i < 400; i++) {
      lines += i % 2 + ",\"评论 " + i + ", 好吃\"\n";
    }
    write("waimai-10k/waimai_10k.csv.gz", lines);
    var first = read(LabelledCorpus.WAIMAI);
    assertThat(first).hasSize(400).isEqualTo(read(LabelledCorpus.WAIMAI));
    var parts =
        first.stream()
            .collect(
                Collectors.groupingBy(
                    line -> line.substring(line.lastIndexOf(' ') + 1), Collectors.counting()));
    assertThat(parts.get(DEV)).isBetween(20L, 65L);
    assertThat(parts.get(TEST)).isBetween(20L, 65L);
  }

  @Test
  void linesThatDoNotFit_areRefused() throws IOException {
    write("tweeteval-emotion/train_text.txt", "one\ntwo\n");
    write("tweeteval-emotion/train_labels.txt", "1\n");
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> read(LabelledCorpus.TWEETEVAL_EMOTION))
        .hasMessageContaining("2 texts but 1 labels");
  }
}
