package io.nightfeed.reply;

import io.nightfeed.config.Settings;
import io.nightfeed.run.MeasuredFigures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Whether questions find the template of their intent, and find none where there is none. */
record TemplateEvaluation(Settings settings, ReadTexts reader, MeasuredFigures figures) {
  private static final int EXAMPLES = 10;
  private static final int QUESTIONS_TO_CHOOSE_BY = 5;
  private static final int QUESTIONS_ASKED = 15;

  /**
   * The template of a question, by some examples of each intent, and questions that have none. By
   * hash, an intent's first questions are the examples, the next ones are for choosing settings,
   * and the rest is asked.
   */
  void run(Map<String, List<String>> byIntent) {
    var questions = new TreeMap<String, List<String>>();
    byIntent.forEach(
        (intent, texts) ->
            questions.put(
                intent,
                texts.stream()
                    .sorted(
                        Comparator.comparing(
                            question -> DialogueEvaluation.hash("question", question)))
                    .limit(EXAMPLES + QUESTIONS_TO_CHOOSE_BY + QUESTIONS_ASKED)
                    .toList()));
    var encoder = settings.encoderOf("en");
    var readings = reader.read(encoder, questions.values().stream().flatMap(List::stream).toList());
    var examples = part(questions, 0, EXAMPLES);
    var space = TemplateQuestions.space(List.copyOf(examples.values()), readings);
    var templates = new TreeMap<String, Source>();
    examples.forEach(
        (intent, texts) ->
            templates.put(
                intent,
                TemplateQuestions.source(
                    new Template(intent, "en", texts, intent),
                    encoder.name(),
                    null,
                    texts.stream().map(text -> space.features(readings.get(text))).toList())));
    var index =
        new Bm25(examples.values().stream().flatMap(List::stream).distinct().toList(), readings);
    BiFunction<String, Double, Map<String, Double>> blend =
        (question, share) -> {
          var asked = space.features(readings.get(question));
          var scores = new TreeMap<String, Double>();
          templates.forEach((intent, one) -> scores.put(intent, one.similarity(asked, share)));
          return scores;
        };
    Function<String, Map<String, Double>> bm25 =
        question -> {
          var scores = index.scores(List.of(readings.get(question)));
          var best = new TreeMap<String, Double>();
          examples.forEach(
              (intent, texts) ->
                  best.put(
                      intent,
                      texts.stream()
                          .mapToDouble(text -> scores.getOrDefault(text, 0.0))
                          .max()
                          .orElseThrow()));
          return best;
        };
    var choice = part(questions, EXAMPLES, EXAMPLES + QUESTIONS_TO_CHOOSE_BY);
    for (var share : List.of(0.0, 0.25, 0.5, 0.75)) {
      var answers = answers(choice, question -> blend.apply(question, share));
      figures.note(
          "banking77, questions to choose by: wording-share %s has accuracy %.3f; min-template-similarity %.2f tells best whether there is a template"
              .formatted(share, Share.of(right(answers)).mean(), bestLeast(answers)));
    }
    var asked =
        part(
            questions,
            EXAMPLES + QUESTIONS_TO_CHOOSE_BY,
            EXAMPLES + QUESTIONS_TO_CHOOSE_BY + QUESTIONS_ASKED);
    var own = answers(asked, question -> blend.apply(question, settings.reply().wordingShare()));
    double least = settings.reply().minTemplateSimilarity();
    var name = "reply.banking77.";
    Share.of(right(own)).addTo(figures, name + "accuracy");
    Share.of(right(answers(asked, question -> blend.apply(question, 1.0))))
        .addTo(figures, name + "accuracy.tfidf");
    Share.of(right(answers(asked, bm25))).addTo(figures, name + "accuracy.bm25");
    Share.of(own.stream().map(answer -> answer.isRightAbove(least) ? 1.0 : 0).toList())
        .addTo(figures, name + "answered_rightly");
    Share.of(own.stream().map(answer -> answer.withoutOwn() < least ? 1.0 : 0).toList())
        .addTo(figures, name + "without_template.abstained");
    figures.add(name + "questions", own.size());
  }

  /**
   * What a question gets.
   *
   * @param similarity of the nearest template
   * @param withoutOwn that of the nearest one if the question's own were not there
   */
  private record Answer(boolean isRight, double similarity, double withoutOwn) {
    boolean isRightAbove(double least) {
      return isRight && similarity >= least;
    }
  }

  private static Map<String, List<String>> part(
      Map<String, List<String>> questions, int from, int to) {
    var part = new TreeMap<String, List<String>>();
    questions.forEach(
        (intent, texts) ->
            part.put(
                intent, texts.subList(Math.min(from, texts.size()), Math.min(to, texts.size()))));
    return part;
  }

  private static List<Answer> answers(
      Map<String, List<String>> questions, Function<String, Map<String, Double>> scores) {
    var answers = new ArrayList<Answer>();
    questions.forEach(
        (intent, texts) -> {
          for (var question : texts) {
            var all = scores.apply(question);
            var nearest = nearest(all);
            double similarity = all.get(nearest);
            all.remove(intent);
            answers.add(new Answer(nearest.equals(intent), similarity, all.get(nearest(all))));
          }
        });
    return answers;
  }

  private static List<Double> right(List<Answer> answers) {
    return answers.stream().map(answer -> answer.isRight() ? 1.0 : 0).toList();
  }

  /** The least similarity that both answers rightly and abstains rightly most often. */
  private static double bestLeast(List<Answer> answers) {
    return IntStream.range(0, 100)
        .mapToObj(percent -> percent / 100.0)
        .max(
            Comparator.comparingLong(
                least ->
                    answers.stream().filter(answer -> answer.isRightAbove(least)).count()
                        + answers.stream().filter(answer -> answer.withoutOwn() < least).count()))
        .orElseThrow();
  }

  /** The first of the greatest. */
  private static String nearest(Map<String, Double> scores) {
    return scores.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .findFirst()
        .orElseThrow()
        .getKey();
  }
}
