package io.nightfeed.reply;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What customer service answers to questions of one intent; a line of {@code *.jsonl} in the folder
 * {@code reply.templates-folder}, see {@code schemas/templates-v1.schema.json}.
 *
 * @param intent names it; unique in the folder for a language
 * @param language ISO 639-1
 * @param questions examples of how people ask
 */
record Template(String intent, String language, List<String> questions, String answer) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final String EXPECTED =
      "expected {\"intent\": …, \"language\": \"en\", \"questions\": [at least one], \"answer\": …},"
          + " as in schemas/templates-v1.schema.json";

  /**
   * All templates of a folder, by file and line.
   *
   * @throws JobFailure naming every line that is none, or when there is no folder or no template
   */
  static List<Template> read(Path folder) {
    var problems = new ArrayList<String>();
    var templates = new ArrayList<Template>();
    var places = new HashMap<String, String>();
    for (var file : files(folder)) {
      var lines = lines(file);
      for (int i = 0; i < lines.size(); i++) {
        var place = file.getFileName() + ":" + (i + 1);
        if (!lines.get(i).isBlank()) {
          add(lines.get(i), place, templates, places, problems);
        }
      }
    }
    if (templates.isEmpty() && problems.isEmpty()) {
      problems.add("no template in any *.jsonl file; " + EXPECTED);
    }
    if (!problems.isEmpty()) {
      throw new JobFailure(
          ExitCode.USAGE,
          "reply.templates-folder = %s: %s".formatted(folder, String.join("; ", problems)));
    }
    return templates;
  }

  private static void add(
      String line,
      String place,
      List<Template> templates,
      Map<String, String> places,
      List<String> problems) {
    Template template;
    try {
      template = JSON.readValue(line, Template.class);
    } catch (JsonProcessingException e) {
      problems.add("%s: %s; %s".formatted(place, e.getOriginalMessage(), EXPECTED));
      return;
    }
    if (template == null || !template.isComplete()) {
      problems.add("%s: something is missing or blank; %s".formatted(place, EXPECTED));
      return;
    }
    var earlier = places.putIfAbsent(template.intent() + "\n" + template.language(), place);
    if (earlier == null) {
      templates.add(template);
    } else {
      problems.add(
          "%s: intent '%s' in %s stands in %s already"
              .formatted(place, template.intent(), template.language(), earlier));
    }
  }

  private boolean isComplete() {
    return isTold(intent)
        && language != null
        && language.matches("[a-z]{2}")
        && isTold(answer)
        && questions != null
        && !questions.isEmpty()
        && questions.stream().allMatch(Template::isTold);
  }

  private static boolean isTold(String text) {
    return text != null && !text.isBlank();
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new JobFailure(
          ExitCode.USAGE,
          "reply.templates-folder = %s: no such folder; leave it empty for no templates"
              .formatted(folder));
    }
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + folder, e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new JobFailure(
          ExitCode.USAGE, "%s: cannot be read as UTF-8: %s".formatted(file, e.getMessage()));
    }
  }
}
