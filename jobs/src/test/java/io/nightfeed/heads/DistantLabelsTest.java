package io.nightfeed.heads;

import static io.nightfeed.tables.Columns.LABELS;
import static io.nightfeed.tables.Columns.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.Test;

class DistantLabelsTest {
  private static Map<String, List<String>> labelled(String language, String... texts) {
    var rows = SparkTest.spark().createDataset(List.of(texts), Encoders.STRING()).toDF(TEXT);
    var found = new TreeMap<String, List<String>>();
    DistantLabels.of(rows, new Lexicon(language), List.of("anger", "joy", "sadness"))
        .select(TEXT, LABELS)
        .collectAsList()
        .forEach(row -> found.put(row.getString(0), row.getList(1)));
    return found;
  }

  @Test
  void signs_areTheLabelAndLeaveTheText() {
    assertThat(labelled("en", "Missed my bus again 😡", "What a day out #Happy"))
        .containsOnly(
            Map.entry("Missed my bus again", List.of("anger")),
            Map.entry("What a day out", List.of("joy")));
    assertThat(labelled("zh", "今天又下雨了[泪][泪]"))
        .containsOnly(Map.entry("今天又下雨了", List.of("sadness")));
  }

  @Test
  void textsWithoutSignsOrWithSeveral_areLeftOut() {
    assertThat(labelled("en", "I am so angry", "Well 😡😭 who knows", "😭")).isEmpty();
  }

  @Test
  void lexicon_readsWordsHashtagsAndVader() {
    var english = new Lexicon("en");
    var emotions = List.of("anger", "joy", "neutral");
    assertThat(english.read("So ANGRY, so furious", emotions, "neutral")).isEqualTo("anger");
    assertThat(english.read("The hatter came", emotions, "neutral")).isEqualTo("neutral");
    var sentiments = List.of("negative", "neutral", "positive");
    assertThat(english.read("I love this!", sentiments, "neutral")).isEqualTo("positive");
    assertThat(english.read("I do not love this", sentiments, "neutral")).isEqualTo("negative");
    assertThat(new Lexicon("zh").read("太难过了", List.of("joy", "sadness"), "joy"))
        .isEqualTo("sadness");
  }
}
