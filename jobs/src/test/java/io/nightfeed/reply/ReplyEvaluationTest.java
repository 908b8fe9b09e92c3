package io.nightfeed.reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.reply.FeatureSpace.Reading;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What replies are measured on, and with. */
class ReplyEvaluationTest {
  @TempDir Path folder;

  @Test
  void dialogues_areTurnsInOrder_thoseOfOneTurnAreLeftOut() throws IOException {
    Files.createDirectories(folder.resolve("xdailydialog"));
    Files.writeString(
        folder.resolve("xdailydialog/en_dev_human.txt"),
        "Hi . __eou__ Hello ! __eou__ Bye .__eou__\t1\t2 1\nAlone . __eou__\t1\n");
    assertThat(new DialogueCorpora(folder).xdailydialog("en"))
        .containsExactly(List.of("Hi .", "Hello !", "Bye ."));
  }

  @Test
  void missingCorpus_isNamed() {
    assertThatThrownBy(() -> new DialogueCorpora(folder).xdailydialog("zh"))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("zh_dev_human.txt is missing");
  }

  @Test
  void interval_holdsTheMeanAndIsTheSameAgain() {
    var hits = new java.util.ArrayList<>(Collections.nCopies(30, 1.0));
    hits.addAll(Collections.nCopies(70, 0.0));
    var share = Share.of(hits);
    assertThat(share.mean()).isEqualTo(0.3);
    assertThat(share.low()).isBetween(0.15, 0.27);
    assertThat(share.high()).isBetween(0.33, 0.45);
    assertThat(Share.of(hits)).isEqualTo(share);
  }

  @Test
  void bm25_prefersTheRarerWord_andScoresOnlyWhatSharesOne() {
    var readings =
        Map.of(
            "the ship", read("the", "ship"),
            "the bread", read("the", "bread"),
            "the sea", read("the", "sea"),
            "maps", read("maps"));
    var scores =
        new Bm25(List.of("the ship", "the bread", "the sea", "maps"), readings)
            .scores(List.of(read("The", "bread")));
    assertThat(scores).containsOnlyKeys("the ship", "the bread", "the sea");
    assertThat(scores.get("the bread")).isGreaterThan(scores.get("the ship"));
  }

  private static Reading read(String... tokens) {
    return new Reading(List.of(tokens), new float[1]);
  }
}
