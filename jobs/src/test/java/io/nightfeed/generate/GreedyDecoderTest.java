package io.nightfeed.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.config.SettingsLoader;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A small model, beside what the libraries that trained it make of the same prompts. */
class GreedyDecoderTest {
  private static GreedyDecoder decoder;

  @BeforeAll
  static void load() {
    var settings = TinyWriter.loadedSettings();
    decoder =
        new LocalModels()
            .load(SparkTest.spark(), settings.modelsFolder(), settings.generate().sparkNlp());
  }

  @Test
  void prompts_becomeTheTokensThatTheModelLearnedFrom() {
    for (var expected : TinyWriter.expected()) {
      assertThat(decoder.tokens().ids(expected.prompt()))
          .as(expected.prompt())
          .containsExactly(expected.promptIds());
    }
  }

  @Test
  void likeliestTokens_makeTheLine() {
    for (var expected : TinyWriter.expected()) {
      assertThat(decoder.line(expected.promptIds()))
          .as(expected.prompt())
          .containsExactly(expected.lineIds());
    }
  }

  @Test
  void lines_doNotDependOnTasksOrNeighbours() {
    var tasks = TinyWriter.tasks();
    var lines = lines("1", tasks);
    assertThat(lines).hasSameSizeAs(tasks).anyMatch(line -> line.text() != null);
    assertThat(lines("3", tasks)).isEqualTo(lines);
    assertThat(lines("2", tasks.subList(1, 2))).isEqualTo(lines.subList(1, 2));
  }

  @Test
  void promptThatIsTooLong_isNotAsked() {
    var first = TinyWriter.tasks().get(0);
    var endless = TinyWriter.task("endless", first.text() + " more".repeat(200));
    assertThat(lines("2", List.of(first, endless)).get(1))
        .isEqualTo(Line.none(endless, GreedyDecoder.TOO_LONG, new Line.Spent(0, 0, 0)));
  }

  private static List<Line> lines(String partitions, List<WritingTask> tasks) {
    var changed = TinyWriter.settings();
    changed.put("annotate.partitions", partitions);
    var settings = SettingsLoader.load(List.of(), changed);
    return new SparkNlpWriter(SparkTest.spark(), decoder, Conditions.of(settings), settings)
        .write(tasks);
  }
}
