package io.nightfeed.reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateTest {
  private static final String HOURS =
      "{\"intent\":\"hours\",\"language\":\"en\",\"questions\":[\"When do you open?\"],\"answer\":\"At nine.\"}";

  @TempDir Path folder;

  @Test
  void templates_areReadByFileAndLine() throws IOException {
    write("b.jsonl", HOURS.replace("hours", "second"));
    write("a.jsonl", HOURS + "\n\n" + HOURS.replace("\"en\"", "\"zh\""));
    Files.writeString(folder.resolve("notes.txt"), "no template");
    assertThat(Template.read(folder))
        .extracting(template -> template.intent() + " " + template.language())
        .containsExactly("hours en", "hours zh", "second en");
  }

  @Test
  void brokenLines_areAllNamedWithWhatWasExpected() throws IOException {
    write(
        "a.jsonl",
        String.join(
            "\n",
            "no json",
            HOURS.replace("\"answer\"", "\"anwser\""),
            HOURS.replace("[\"When do you open?\"]", "[]"),
            HOURS.replace("At nine.", " "),
            HOURS.replace("\"en\"", "\"English\""),
            HOURS + HOURS,
            "null"));
    assertThatThrownBy(() -> Template.read(folder))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("a.jsonl:1: ")
        .hasMessageContaining("a.jsonl:2: ")
        .hasMessageContaining("anwser")
        .hasMessageContaining("a.jsonl:3: ")
        .hasMessageContaining("a.jsonl:4: ")
        .hasMessageContaining("a.jsonl:5: ")
        .hasMessageContaining("a.jsonl:6: ")
        .hasMessageContaining("a.jsonl:7: ")
        .hasMessageContaining("templates-v1.schema.json");
  }

  @Test
  void intentThatStandsTwice_isRefused() throws IOException {
    write("a.jsonl", HOURS);
    write("b.jsonl", HOURS);
    assertThatThrownBy(() -> Template.read(folder))
        .hasMessageContaining("b.jsonl:1")
        .hasMessageContaining("a.jsonl:1")
        .hasMessageContaining("hours");
  }

  @Test
  void missingFolderAndEmptyFolder_areSaid() {
    assertThatThrownBy(() -> Template.read(folder.resolve("none")))
        .hasMessageContaining("no such folder");
    assertThatThrownBy(() -> Template.read(folder)).hasMessageContaining("no template");
  }

  private void write(String name, String lines) throws IOException {
    Files.writeString(folder.resolve(name), lines);
  }
}
