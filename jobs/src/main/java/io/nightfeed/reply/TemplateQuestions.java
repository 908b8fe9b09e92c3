package io.nightfeed.reply;

import static io.nightfeed.tables.Columns.TOXICITY;
import static java.util.stream.Collectors.groupingBy;

import io.nightfeed.reply.FeatureSpace.Reading;
import io.nightfeed.reply.Source.Kind;
import io.nightfeed.reply.TextReadings.Text;
import io.nightfeed.run.JobContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Templates, ready to be compared with comments: by the encoder that annotates their language.
 *
 * @param sources a source for each template
 * @param spaces in which an encoder's questions are compared
 */
record TemplateQuestions(List<Source> sources, Map<String, FeatureSpace> spaces) {
  static final TemplateQuestions NONE = new TemplateQuestions(List.of(), Map.of());

  /** A comment as it is compared with templates; nothing where its encoder read none. */
  Optional<Features> asQuestion(String encoder, Reading comment) {
    return Optional.ofNullable(spaces.get(encoder)).map(space -> space.features(comment));
  }

  /** Reads the templates of the settings' folder with the encoders, and with the heads. */
  static TemplateQuestions read(JobContext context, TextReadings reader) {
    var templates = Template.read(Path.of(context.settings().reply().templatesFolder()));
    var byEncoder =
        templates.stream()
            .collect(
                groupingBy(
                    template -> context.settings().encoderOf(template.language()).name(),
                    TreeMap::new,
                    java.util.stream.Collectors.toList()));
    var sources = new ArrayList<Source>();
    var spaces = new HashMap<String, FeatureSpace>();
    byEncoder.forEach(
        (name, mine) -> {
          var rows = reader.read(context, context.settings().encoder(name), texts(mine));
          var readings = new HashMap<String, Reading>();
          // A text is read alike in all languages of its encoder, but for its toxicity.
          rows.forEach((text, row) -> readings.put(text.text(), ReadingsOfNight.reading(row)));
          var space = space(mine.stream().map(Template::questions).toList(), readings);
          spaces.put(name, space);
          mine.forEach(
              template ->
                  sources.add(
                      source(
                          template,
                          name,
                          rows.get(new Text(template.answer(), template.language()))
                              .getAs(TOXICITY),
                          template.questions().stream()
                              .map(question -> space.features(readings.get(question)))
                              .toList())));
        });
    return new TemplateQuestions(List.copyOf(sources), Map.copyOf(spaces));
  }

  private static TreeSet<Text> texts(List<Template> templates) {
    var texts = new TreeSet<Text>();
    for (var template : templates) {
      texts.add(new Text(template.answer(), template.language()));
      template.questions().forEach(text -> texts.add(new Text(text, template.language())));
    }
    return texts;
  }

  /**
   * @param questions by template
   */
  static FeatureSpace space(List<List<String>> questions, Map<String, Reading> readings) {
    var groups =
        questions.stream().map(group -> group.stream().map(readings::get).toList()).toList();
    var all = groups.stream().flatMap(List::stream).toList();
    return FeatureSpace.of(all, all.get(0).embedding().length).within(groups);
  }

  static Source source(Template template, String encoder, Float toxicity, List<Features> keys) {
    return new Source(
        Kind.TEMPLATE,
        List.of(template.intent()),
        null,
        null,
        template.answer(),
        null,
        template.language(),
        toxicity,
        encoder,
        keys);
  }
}
