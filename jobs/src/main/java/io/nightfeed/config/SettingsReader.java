package io.nightfeed.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import io.nightfeed.tables.SmallGroups;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** Turns a complete configuration into records, noting every value that is out of range. */
final class SettingsReader {
  /** Actions that may count as engagement; views are exposure, hide and report rejections. */
  private static final TreeSet<String> ENGAGEMENTS =
      new TreeSet<>(List.of("click", "like", "comment", "share", "follow"));

  private static final String FOREVER = "forever";
  private static final String SHA256 = "[0-9a-f]{64}";
  private static final String FOLDER = "[A-Za-z0-9._-]+";

  private final Config config;
  private final List<String> problems;

  SettingsReader(Config config, List<String> problems) {
    this.config = config;
    this.problems = problems;
  }

  Settings read(String digest) {
    var settings =
        new Settings(
            path("raw-folder"),
            path("lake-folder"),
            path("models-folder"),
            new Settings.Pseudonyms(
                path("pseudonyms.key-file"), config.getBoolean("pseudonyms.generate-key")),
            ingest(),
            config.getConfigList("encoders").stream().map(this::encoder).toList(),
            annotate(),
            profile(),
            train(),
            recommend(),
            generate(),
            chat(),
            new Settings.Safety(number("safety.max-toxicity", 0, 1)),
            reply(),
            new Settings.Report(
                integer("report.example-users", 0, 1000), number("report.core-hour-price", 0, 1e6)),
            publish(),
            tune(),
            maintain(),
            new SmallGroups(integer("small-groups.least-users", 1, 1_000_000)),
            digest);
    checkRetention(settings);
    checkEncoders(settings.encoders());
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return settings;
  }

  private Settings.Ingest ingest() {
    return new Settings.Ingest(
        (int) bytes("ingest.max-line-bytes", 1024, 64L << 20),
        integer("ingest.max-text-characters", 1, 1_000_000),
        skew(),
        date("ingest.earliest-event-date"),
        number("ingest.max-quarantined-share", 0, 1),
        bytes("ingest.split-size", 1 << 16, 1L << 40));
  }

  /** Audits refuse events and posts that are dated later than the day after the night. */
  private Duration skew() {
    var skew = config.getDuration("ingest.max-clock-skew");
    if (skew.isNegative() || skew.compareTo(Duration.ofDays(1)) > 0) {
      problem("ingest.max-clock-skew", skew, "from 0 to 1 day");
    }
    return skew;
  }

  private Settings.Annotate annotate() {
    return new Settings.Annotate(
        integer("annotate.max-tokens", 8, 512),
        integer("annotate.batch-size", 1, 1024),
        integer("annotate.onnx-threads", 1, 256),
        integer("annotate.partitions", 0, 100_000),
        number("annotate.min-language-confidence", 0, 1),
        integer("annotate.labels-wanted", 1, 1_000_000));
  }

  private Settings.Profile profile() {
    var historyDays = integer("profile.history-days", 1, 3650);
    // Decay is summed relative to the run date: 2^-1000 is the least that a double holds in full.
    var leastHalfLife = Math.max(0.1, historyDays / 1000.0);
    return new Settings.Profile(
        historyDays,
        number("profile.emotion-half-life-days", leastHalfLife, 3650),
        number("profile.engagement-half-life-days", 0.1, 3650),
        number("profile.emotion-prior-texts", 0.001, 1e6),
        number("profile.reaction-weight", 0, 1),
        actionWeights(),
        dwell());
  }

  private Settings.Dwell dwell() {
    var least = number("profile.dwell-least-seconds", 0, 86_400);
    var full = number("profile.dwell-full-seconds", 0, 86_400);
    if (!(least < full)) {
      problem("profile.dwell-full-seconds", full, "more than dwell-least-seconds = " + least);
    }
    return new Settings.Dwell(number("profile.dwell-weight", 0, 1000), least, full);
  }

  private Map<String, Double> actionWeights() {
    var weights = new LinkedHashMap<String, Double>();
    for (var action : config.getObject("profile.action-weights").keySet()) {
      if (ENGAGEMENTS.contains(action)) {
        weights.put(action, number("profile.action-weights." + action, 0, 1000));
      } else {
        problem("profile.action-weights." + action, "no such engagement", "one of " + ENGAGEMENTS);
      }
    }
    return Map.copyOf(weights);
  }

  private Settings.Maintain maintain() {
    var retention = new LinkedHashMap<String, Duration>();
    for (var name : config.getObject("maintain.retention").keySet()) {
      var key = "maintain.retention." + ConfigUtil.quoteString(name);
      if (!FOREVER.equals(config.getString(key))) {
        retention.put(name, days(key, 1));
      }
    }
    return new Settings.Maintain(Map.copyOf(retention), days("maintain.vacuum-after", 0));
  }

  private Duration days(String key, int least) {
    try {
      var duration = config.getDuration(key);
      if (duration.toDays() < least || !duration.equals(Duration.ofDays(duration.toDays()))) {
        problem(key, config.getString(key), "whole days, " + least + " or more");
      }
      return duration;
    } catch (ConfigException.BadValue e) {
      problem(key, config.getString(key), "days, such as 400 days, or \"" + FOREVER + "\"");
      return Duration.ofDays(least);
    }
  }

  /** What nights still read must be there. */
  private void checkRetention(Settings settings) {
    for (var table : List.of("silver.events", "silver.posts")) {
      var kept = settings.maintain().retention().get(table);
      if (kept != null && kept.toDays() < settings.profile().historyDays()) {
        problem(
            "maintain.retention." + ConfigUtil.quoteString(table),
            kept.toDays() + " days",
            "at least profile.history-days = %d, which every night reads"
                .formatted(settings.profile().historyDays()));
      }
    }
  }

  private Settings.Train train() {
    return new Settings.Train(
        integer("train.rank", 1, 1024),
        integer("train.iterations", 1, 1000),
        bool("train.warm-start"),
        integer("train.warm-iterations", 1, 1000),
        choice("train.emotion-form", Settings.EmotionForm.class),
        number("train.user-regularization", 1e-6, 1e6),
        number("train.item-regularization", 1e-6, 1e6),
        number("train.head-regularization", 1e-6, 1e6),
        number("train.unobserved-weight", 0, 1),
        number("train.regularization", 1e-9, 1e6),
        integer("train.content-components", 1, 4096),
        number("train.content-scale", 0, 1000),
        number("train.author-scale", 0, 1000),
        integer("train.calibration-rounds", 1, 1000),
        integer("train.sampled-negatives", 1, 100_000),
        integer("train.blocks", 1, 100_000),
        config.getLong("train.seed"),
        new Settings.Gate(
            number("train.gate.held-out-share", 0, 0.5),
            integer("train.gate.min-pairs", 2, 1_000_000_000),
            number("train.gate.min-auc", 0, 1),
            number("train.gate.max-drop", 0, 1),
            number("train.gate.max-segment-drop", 0, 1),
            number("train.gate.min-list-overlap", 0, 1)));
  }

  private Settings.Reply reply() {
    return new Settings.Reply(
        choice("reply.writer", Settings.ReplyWriter.class),
        config.getString("reply.templates-folder"),
        number("reply.min-template-similarity", 0, 1),
        number("reply.min-similarity", 0, 1),
        number("reply.wording-share", 0, 1),
        integer("reply.context-turns", 1, 100),
        number("reply.context-decay", 0, 1),
        integer("reply.open-days", 1, 3650),
        integer("reply.history-days", 1, 3650),
        integer("reply.max-open", 1, 1_000_000),
        integer("reply.max-sources", 1, 1_000_000),
        integer("reply.max-characters", 10, 10_000));
  }

  private Settings.Recommend recommend() {
    return new Settings.Recommend(
        integer("recommend.top-n", 1, 10_000),
        integer("recommend.active-days", 1, 3650),
        integer("recommend.max-post-age-days", 1, 36_500),
        integer("recommend.min-candidates", 1, 1_000_000),
        integer("recommend.unsafe-reports", 1, 1_000_000),
        integer("recommend.max-supporting-history", 1, 100_000),
        integer("recommend.posts-per-block", 1, 10_000_000),
        new Settings.Reranking(
            integer("recommend.reranking.pool", 1, 100),
            integer("recommend.reranking.max-per-author", 1, 10_000),
            number("recommend.reranking.diversity", 0, 1),
            number("recommend.reranking.freshness-half-life-days", 0, 36_500),
            number("recommend.reranking.calibration", 0, 1),
            number("recommend.reranking.exploration-share", 0, 1),
            config.getLong("recommend.reranking.exploration-seed"),
            number("recommend.reranking.low-mood-valence", -2, 2),
            number("recommend.reranking.negative-valence", -1, 1)));
  }

  private Settings.Generate generate() {
    var most = integer("generate.max-characters", 20, 1000);
    var tone = config.getString("generate.tone");
    if (!tone.matches("[\\p{L} -]{1,40}")) {
      problem("generate.tone", tone, "a word or few");
    }
    var writer = choice("generate.writer", Settings.Writer.class);
    return new Settings.Generate(
        writer,
        integer("generate.top-picks", 0, 1000),
        most,
        integer("generate.least-characters", 0, most),
        tone,
        sparkNlp(writer == Settings.Writer.SPARK_NLP));
  }

  private Settings.SparkNlp sparkNlp(boolean isUsed) {
    var key = "generate.spark-nlp.";
    var model = config.getString(key + "model");
    if (isUsed && !model.matches(FOLDER)) {
      problem(
          key + "model",
          model.isEmpty() ? "nothing" : model,
          "the name of a model's folder below models-folder, since generate.writer is spark-nlp");
    }
    for (var file : List.of("decoder", "vocabulary", "merges", "config")) {
      var digest = config.getString(key + file + "-sha256");
      if (isUsed && !digest.matches(SHA256)) {
        problem(
            key + file + "-sha256", digest.isEmpty() ? "nothing" : digest, "64 hexadecimal digits");
      }
    }
    var prompt = config.getString(key + "prompt");
    if (!prompt.contains("{text}")) {
      problem(key + "prompt", prompt, "a text with {text} in it");
    }
    return new Settings.SparkNlp(
        model,
        config.getString(key + "decoder-sha256"),
        config.getString(key + "vocabulary-sha256"),
        config.getString(key + "merges-sha256"),
        config.getString(key + "config-sha256"),
        prompt,
        integer(key + "max-prompt-tokens", 1, 100_000),
        integer(key + "max-new-tokens", 1, 10_000),
        integer(key + "max-lines", 0, 1_000_000));
  }

  private Settings.Chat chat() {
    var url = server("chat.base-url");
    if (url.isEmpty()) {
      problem("chat.base-url", "nothing", "http://… or https://…");
    }
    return new Settings.Chat(
        url,
        config.getString("chat.model"),
        path("chat.key-file"),
        pause("chat.timeout"),
        integer("chat.max-answer-tokens", 1, 100_000),
        integer("chat.retries", 0, 100),
        pause("chat.first-pause"),
        pause("chat.longest-pause"),
        config.getLong("chat.seed"),
        integer("chat.parallel", 1, 1000),
        integer("chat.calls-per-minute", 1, 1_000_000),
        integer("chat.batch", 1, 100_000),
        (long) number("chat.max-tokens", 0, 1e15),
        number("chat.max-cost", 0, 1e12),
        number("chat.cost-per-million-prompt-tokens", 0, 1e9),
        number("chat.cost-per-million-answer-tokens", 0, 1e9));
  }

  private Duration pause(String key) {
    var pause = config.getDuration(key);
    if (pause.toMillis() < 1 || pause.compareTo(Duration.ofHours(1)) > 0) {
      problem(key, pause, "from 1 ms to 1 hour");
    }
    return pause;
  }

  private Settings.Publish publish() {
    return new Settings.Publish(
        integer("publish.volume.nights", 1, 366),
        integer("publish.volume.least-nights", 1, 366),
        integer("publish.volume.least-rows", 0, Integer.MAX_VALUE),
        number("publish.volume.least", 0, 1),
        number("publish.volume.most", 1, 1_000_000),
        integer("publish.max-age-days", 0, 36_500));
  }

  private Settings.Tune tune() {
    return new Settings.Tune(
        integer("tune.trials", 2, 10_000),
        number("tune.first-share", 0.001, 1),
        integer("tune.reduction-factor", 2, 100),
        number("tune.kept-share", 0, 0.99),
        config.getLong("tune.seed"),
        server("tune.mlflow-tracking-uri"),
        config.getConfigList("tune.space").stream().map(this::searchRange).toList());
  }

  private Settings.SearchRange searchRange(Config range) {
    var key = range.getString("setting");
    boolean isMeasured = key.matches("train\\.[a-z-]+|recommend\\.max-post-age-days");
    if (!isMeasured || !config.hasPath(key)) {
      problem("tune.space", key, "a setting of train, or recommend.max-post-age-days");
      return new Settings.SearchRange(key, "", 0, 0, false, 0, List.of());
    }
    var name = "tune.space (" + key + ")";
    var unknown = new TreeSet<>(range.root().keySet());
    unknown.removeAll(List.of("setting", "from", "to", "scale", "multiple-of", "values"));
    if (!unknown.isEmpty()) {
      problem(name, unknown, "setting and values; or from, to, scale and multiple-of");
    }
    var asSet = config.getString(key);
    if (range.hasPath("values")) {
      return new Settings.SearchRange(key, asSet, 0, 0, false, 0, range.getStringList("values"));
    }
    number(key, -Double.MAX_VALUE, Double.MAX_VALUE);
    double from = range.getDouble("from");
    double to = range.getDouble("to");
    var scale = range.getString("scale");
    if (!List.of("log", "linear").contains(scale)) {
      problem(name, "scale " + scale, "log or linear");
    }
    boolean isLogarithmic = scale.equals("log");
    if (!(from < to) || isLogarithmic && from <= 0) {
      problem(name, from + " to " + to, "from less than to, and above 0 where the scale is log");
    }
    int multipleOf = range.hasPath("multiple-of") ? range.getInt("multiple-of") : 0;
    return new Settings.SearchRange(key, asSet, from, to, isLogarithmic, multipleOf, List.of());
  }

  /** Empty, or where a server listens; credentials in it would be shown wherever settings are. */
  private String server(String key) {
    var uri = config.getString(key);
    if (!uri.isEmpty() && !uri.matches("https?://[^@]+")) {
      problem(key, "what is set", "http://… or https://… without credentials, or nothing");
    }
    return uri;
  }

  private Settings.Encoder encoder(Config encoder) {
    var name = encoder.getString("name");
    var reader = new SettingsReader(encoder, problems);
    for (var key : List.of("model-sha256", "vocabulary-sha256")) {
      if (!encoder.getString(key).matches(SHA256)) {
        problem("encoders." + name + "." + key, encoder.getString(key), "64 hexadecimal digits");
      }
    }
    if (!name.matches(FOLDER)) {
      problem("encoders.name", name, "letters, digits, '.', '_' and '-': it names a folder");
    }
    return new Settings.Encoder(
        name,
        List.copyOf(encoder.getStringList("languages")),
        reader.choice("class", Settings.EncoderClass.class),
        reader.integer("dimension", 1, 65_536),
        encoder.getString("prefix"),
        encoder.getString("model-sha256"),
        encoder.getString("vocabulary-sha256"));
  }

  private void checkEncoders(List<Settings.Encoder> encoders) {
    var languages = new HashSet<String>();
    for (var encoder : encoders) {
      for (var language : encoder.languages()) {
        if (!languages.add(language)) {
          problem("encoders." + encoder.name() + ".languages", language, "each language once");
        }
      }
    }
    if (!languages.contains("*")) {
      problem("encoders", "no encoder with language \"*\"", "one that reads every other language");
    }
  }

  private Path path(String key) {
    return Path.of(config.getString(key));
  }

  private int integer(String key, int least, int most) {
    return (int) number(key, least, most);
  }

  private double number(String key, double least, double most) {
    try {
      var value = config.getDouble(key);
      if (!(value >= least && value <= most)) {
        problem(key, value, "from " + least + " to " + most);
      }
      return value;
    } catch (ConfigException.WrongType e) {
      problem(key, config.getAnyRef(key), "a number");
      return least;
    }
  }

  private boolean bool(String key) {
    try {
      return config.getBoolean(key);
    } catch (ConfigException.WrongType e) {
      problem(key, config.getAnyRef(key), "true or false");
      return false;
    }
  }

  private long bytes(String key, long least, long most) {
    var value = config.getBytes(key);
    if (value < least || value > most) {
      problem(key, value + " bytes", "from " + least + " to " + most + " bytes");
    }
    return value;
  }

  private LocalDate date(String key) {
    try {
      return LocalDate.parse(config.getString(key));
    } catch (DateTimeParseException e) {
      problem(key, config.getString(key), "a date, YYYY-MM-DD");
      return LocalDate.EPOCH;
    }
  }

  private <T extends Enum<T>> T choice(String key, Class<T> type) {
    var values = type.getEnumConstants();
    for (var value : values) {
      if (label(value).equalsIgnoreCase(config.getString(key))) {
        return value;
      }
    }
    problem(
        key,
        config.getString(key),
        "one of " + Arrays.stream(values).map(SettingsReader::label).toList());
    return values[0];
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void problem(String key, Object found, String expected) {
    problems.add("nightfeed.%s = %s: expected %s".formatted(key, found, expected));
  }
}
