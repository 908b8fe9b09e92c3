package io.nightfeed.reply;

import io.nightfeed.config.Settings;
import io.nightfeed.reply.DialogueCorpora.Judged;
import io.nightfeed.run.MeasuredFigures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/** Whether a reply that fits its context is told from others. Draws are hashes of what is drawn. */
record DialogueEvaluation(Settings settings, ReadTexts reader, MeasuredFigures figures) {
  private static final int CANDIDATES = 100;
  private static final int TURNS_ASKED = 1000;
  private static final int CONTEXTS_JUDGED = 400;

  /** A turn, what was said before it, and the turns among which it is to be found. */
  private record Case(List<String> context, String reply, List<String> others) {}

  /** The right reply among others: to the last context of each dialogue, and to any. */
  void recalls(String language, List<List<String>> dialogues) {
    var texts = dialogues.stream().flatMap(List::stream).toList();
    var compared = compared(language, texts);
    var name = "reply.xdailydialog." + language;
    var last = dialogues.stream().map(turns -> turns.subList(0, turns.size() - 1)).toList();
    var lastReplies = dialogues.stream().map(turns -> turns.get(turns.size() - 1)).toList();
    recalls(name, compared, cases(last, lastReplies, lastReplies.size()));
    var every = new ArrayList<List<String>>();
    var replies = new ArrayList<String>();
    for (var turns : dialogues) {
      for (int i = 1; i < turns.size(); i++) {
        every.add(turns.subList(0, i));
        replies.add(turns.get(i));
      }
    }
    recalls(name + ".any_turn", compared, cases(every, replies, TURNS_ASKED));
  }

  /** Draws are hashes of texts: the same on every run. */
  private static List<Case> cases(List<List<String>> contexts, List<String> replies, int asked) {
    return IntStream.range(0, contexts.size())
        .boxed()
        .sorted(Comparator.comparing(i -> hash("case", contexts.get(i), replies.get(i), i)))
        .limit(asked)
        .map(i -> new Case(contexts.get(i), replies.get(i), others(replies, i)))
        .toList();
  }

  private static List<String> others(List<String> replies, int own) {
    var random = new SplittableRandom(own);
    var drawn = new LinkedHashSet<Integer>();
    while (drawn.size() < CANDIDATES - 1) {
      int other = random.nextInt(replies.size());
      if (other != own && !replies.get(other).equals(replies.get(own))) {
        drawn.add(other);
      }
    }
    return drawn.stream().map(replies::get).toList();
  }

  static String hash(Object... parts) {
    return DigestUtils.sha256Hex(
        Stream.of(parts).map(String::valueOf).collect(Collectors.joining("\n")));
  }

  private void recalls(String name, ReplyMethods compared, List<Case> cases) {
    compared
        .methods(
            cases.stream()
                .flatMap(one -> Stream.concat(Stream.of(one.reply()), one.others().stream()))
                .toList())
        .forEach(
            (suffix, method) -> {
              var places =
                  cases.stream()
                      .map(
                          one -> {
                            var candidates = new ArrayList<>(List.of(one.reply()));
                            candidates.addAll(one.others());
                            return place(method.scores(one.context(), candidates));
                          })
                      .toList();
              for (var k : List.of(1, 10)) {
                Share.of(places.stream().map(place -> place <= k ? 1.0 : 0.0).toList())
                    .addTo(figures, name + ".recall" + k + suffix);
              }
            });
    figures.add(name + ".cases", cases.size());
  }

  /** Where the first stands, from 1; those that score as much are half before it. */
  private static double place(List<Double> scores) {
    double own = scores.get(0);
    double above = scores.stream().filter(score -> score > own).count();
    double beside = scores.stream().filter(score -> score == own).count() - 1;
    return 1 + above + beside / 2;
  }

  /** Whether replies that fit score above those that do not, by pairs of the same context. */
  void rejections(List<Judged> all) {
    var judged =
        all.stream()
            .filter(one -> one.good().size() > 0)
            .sorted(Comparator.comparing(one -> hash("judged", one)))
            .limit(CONTEXTS_JUDGED)
            .toList();
    var texts = judged.stream().flatMap(one -> one.texts().stream()).toList();
    var compared = compared("en", texts);
    var replies =
        judged.stream()
            .flatMap(
                one -> Stream.of(one.good(), one.adversarial(), one.random()).flatMap(List::stream))
            .toList();
    var kinds =
        Map.<String, Function<Judged, List<String>>>of(
            "adversarial", Judged::adversarial, "random", Judged::random);
    for (var kind : kinds.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList()) {
      compared
          .methods(replies)
          .forEach(
              (suffix, method) ->
                  Share.of(
                          judged.stream()
                              .filter(one -> !kind.getValue().apply(one).isEmpty())
                              .map(one -> rejected(method, one, kind.getValue().apply(one)))
                              .toList())
                      .addTo(
                          figures, "reply.dailydialogpp." + kind.getKey() + ".rejected" + suffix));
    }
    figures.add("reply.dailydialogpp.contexts", judged.size());
  }

  private static double rejected(ReplyMethods.Method method, Judged one, List<String> bad) {
    var good = method.scores(one.context(), one.good());
    var wrong = method.scores(one.context(), bad);
    double below = 0;
    for (var g : good) {
      for (var w : wrong) {
        below += w < g ? 1 : w.equals(g) ? 0.5 : 0;
      }
    }
    return below / (good.size() * wrong.size());
  }

  private ReplyMethods compared(String language, List<String> texts) {
    var encoder = settings.encoderOf(language);
    return new ReplyMethods(settings.reply(), reader.read(encoder, texts), encoder.dimension());
  }
}
