package io.nightfeed.reply;

import io.nightfeed.config.Settings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ways to score replies to a context: that of {@code reply}, and what it is compared with. */
final class ReplyMethods {
  private final Settings.Reply settings;
  private final Map<String, FeatureSpace.Reading> readings;
  private final Map<String, Features> features = new HashMap<>();

  /** Gives each candidate of a context a score. */
  interface Method {
    List<Double> scores(List<String> context, List<String> candidates);
  }

  /**
   * @param readings of one encoder, by text
   */
  ReplyMethods(Settings.Reply settings, Map<String, FeatureSpace.Reading> readings, int dimension) {
    this.settings = settings;
    this.readings = readings;
    var ordered =
        readings.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(Map.Entry::getValue)
            .toList();
    var space = FeatureSpace.of(ordered, dimension);
    readings.forEach((text, reading) -> features.put(text, space.features(reading)));
  }

  private Features read(List<String> turns, int most, double decay) {
    var last = turns.subList(Math.max(0, turns.size() - most), turns.size());
    return Features.together(last.stream().map(features::get).toList(), decay);
  }

  /**
   * By what is put behind a figure's name; nothing is for how {@code reply} does it.
   *
   * @param replies that are candidates anywhere
   */
  Map<String, Method> methods(List<String> replies) {
    int turns = settings.contextTurns();
    double decay = settings.contextDecay();
    double share = settings.wordingShare();
    var methods = new LinkedHashMap<String, Method>();
    methods.put("", blend(turns, decay, share));
    methods.put(".last_turn_alone", blend(1, 1, share));
    methods.put(".meaning_alone", blend(turns, decay, 0));
    methods.put(".tfidf", blend(Integer.MAX_VALUE, 1, 1));
    methods.put(".tfidf_last_turn", blend(1, 1, 1));
    methods.put(".bm25", bm25(replies));
    return methods;
  }

  private Method blend(int turns, double decay, double share) {
    return (context, candidates) -> {
      var asked = read(context, turns, decay);
      return candidates.stream().map(text -> asked.similarity(features.get(text), share)).toList();
    };
  }

  private Method bm25(List<String> replies) {
    var index = new Bm25(replies.stream().distinct().sorted().toList(), readings);
    return (context, candidates) -> {
      var scores = index.scores(context.stream().map(readings::get).toList());
      return candidates.stream().map(text -> scores.getOrDefault(text, 0.0)).toList();
    };
  }
}
