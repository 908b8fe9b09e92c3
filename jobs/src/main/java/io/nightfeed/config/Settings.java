package io.nightfeed.config;

import io.nightfeed.tables.SmallGroups;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The effective settings. Meaning, unit and default of each stand in {@code reference.conf}; {@link
 * SettingsLoader} reads and validates them.
 *
 * @param digest SHA-256, in hex, of every setting that can change a row
 */
public record Settings(
    Path rawFolder,
    Path lakeFolder,
    Path modelsFolder,
    Pseudonyms pseudonyms,
    Ingest ingest,
    List<Encoder> encoders,
    Annotate annotate,
    Profile profile,
    Train train,
    Recommend recommend,
    Generate generate,
    Chat chat,
    Safety safety,
    Reply reply,
    Report report,
    Publish publish,
    Tune tune,
    Maintain maintain,
    SmallGroups smallGroups,
    String digest) {

  /**
   * The encoder of that name.
   *
   * @throws SettingsException when there is none
   */
  public Encoder encoder(String name) {
    return encoders.stream()
        .filter(encoder -> encoder.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new SettingsException(
                    List.of(
                        "Encoder %s: expected one of nightfeed.encoders: %s"
                            .formatted(
                                name,
                                encoders.stream()
                                    .map(Encoder::name)
                                    .collect(Collectors.joining(", "))))));
  }

  /** The encoder that reads a language: its own, or the one of all others. */
  public Encoder encoderOf(String language) {
    return encoders.stream()
        .filter(encoder -> encoder.languages().contains(language))
        .findFirst()
        .orElseGet(
            () ->
                encoders.stream()
                    .filter(encoder -> encoder.languages().contains("*"))
                    .findFirst()
                    .orElseThrow());
  }

  public record Pseudonyms(Path keyFile, boolean generateKey) {}

  public record Ingest(
      int maxLineBytes,
      int maxTextCharacters,
      Duration maxClockSkew,
      LocalDate earliestEventDate,
      double maxQuarantinedShare,
      long splitSize) {}

  public record Encoder(
      String name,
      List<String> languages,
      EncoderClass encoderClass,
      int dimension,
      String prefix,
      String modelSha256,
      String vocabularySha256) {}

  /** The Spark NLP annotator that runs an encoder. */
  public enum EncoderClass {
    E5,
    BGE
  }

  public record Annotate(
      int maxTokens,
      int batchSize,
      int onnxThreads,
      int partitions,
      double minLanguageConfidence,
      int labelsWanted) {}

  public record Profile(
      int historyDays,
      double emotionHalfLifeDays,
      double engagementHalfLifeDays,
      double emotionPriorTexts,
      double reactionWeight,
      Map<String, Double> actionWeights,
      Dwell dwell) {}

  /** What a view counts as engagement, by how long it lasts. */
  public record Dwell(double weight, double leastSeconds, double fullSeconds) {}

  public record Train(
      int rank,
      int iterations,
      boolean warmStart,
      int warmIterations,
      EmotionForm emotionForm,
      double userRegularization,
      double itemRegularization,
      double headRegularization,
      double unobservedWeight,
      double regularization,
      int contentComponents,
      double contentScale,
      double authorScale,
      int calibrationRounds,
      int sampledNegatives,
      int blocks,
      long seed,
      Gate gate) {}

  /** What a model must reach to serve. */
  public record Gate(
      double heldOutShare,
      int minPairs,
      double minAuc,
      double maxDrop,
      double maxSegmentDrop,
      double minListOverlap) {}

  /** How mood enters the interest model. */
  public enum EmotionForm {
    LITERAL,
    INTERACTION
  }

  public record Recommend(
      int topN,
      int activeDays,
      int maxPostAgeDays,
      int minCandidates,
      int unsafeReports,
      int maxSupportingHistory,
      int postsPerBlock,
      Reranking reranking) {}

  /** How lists are made of the best posts. */
  public record Reranking(
      int pool,
      int maxPerAuthor,
      double diversity,
      double freshnessHalfLifeDays,
      double calibration,
      double explorationShare,
      long explorationSeed,
      double lowMoodValence,
      double negativeValence)
      implements java.io.Serializable {}

  /** Teasers and reasons in words. */
  public record Generate(
      Writer writer,
      int topPicks,
      int maxCharacters,
      int leastCharacters,
      String tone,
      SparkNlp sparkNlp) {}

  /** Who writes. */
  public enum Writer {
    EXTRACTIVE,
    CHAT,
    SPARK_NLP
  }

  /** A language model inside the Spark job. */
  public record SparkNlp(
      String model,
      String decoderSha256,
      String vocabularySha256,
      String mergesSha256,
      String configSha256,
      String prompt,
      int maxPromptTokens,
      int maxNewTokens,
      int maxLines) {}

  /** A server with a language model, and what may be spent on it. */
  public record Chat(
      String baseUrl,
      String model,
      Path keyFile,
      Duration timeout,
      int maxAnswerTokens,
      int retries,
      Duration firstPause,
      Duration longestPause,
      long seed,
      int parallel,
      int callsPerMinute,
      int batch,
      long maxTokens,
      double maxCost,
      double costPerMillionPromptTokens,
      double costPerMillionAnswerTokens) {}

  /** What generated texts, and what they are made of, are held against. */
  public record Safety(double maxToxicity) {}

  /**
   * How replies are found, and who puts them into words.
   *
   * @param templatesFolder empty for none
   */
  public record Reply(
      ReplyWriter writer,
      String templatesFolder,
      double minTemplateSimilarity,
      double minSimilarity,
      double wordingShare,
      int contextTurns,
      double contextDecay,
      int openDays,
      int historyDays,
      int maxOpen,
      int maxSources,
      int maxCharacters)
      implements java.io.Serializable {}

  /** Whose words a reply is in: its source's own, or a language model's. */
  public enum ReplyWriter {
    RETRIEVED,
    CHAT
  }

  /**
   * What the report shows.
   *
   * @param coreHourPrice of a core for an hour, in whatever currency
   */
  public record Report(int exampleUsers, double coreHourPrice) {}

  /** What a slice is held against before it is published, beside its table's own rules. */
  public record Publish(
      int volumeNights,
      int volumeLeastNights,
      long volumeLeastRows,
      double volumeLeast,
      double volumeMost,
      int maxAgeDays) {}

  /**
   * What is kept for how long.
   *
   * @param retention by table, or by folder of the lake; what is not in it is kept forever
   * @param vacuumAfter how long files of older versions stay
   */
  public record Maintain(Map<String, Duration> retention, Duration vacuumAfter) {
    /** The first night that is kept as of another; nothing where all are. */
    public Optional<LocalDate> firstKept(String name, LocalDate runDate) {
      return Optional.ofNullable(retention.get(name))
          .map(kept -> runDate.minusDays(kept.toDays() - 1));
    }
  }

  /** How settings are searched for. */
  public record Tune(
      int trials,
      double firstShare,
      int reductionFactor,
      double keptShare,
      long seed,
      String mlflowTrackingUri,
      List<SearchRange> space) {}

  /**
   * What is tried of one setting.
   *
   * @param key such as {@code train.rank}
   * @param asSet its value as it is set
   * @param from the least number
   * @param to the greatest
   * @param isLogarithmic draws are uniform in the logarithm
   * @param multipleOf drawn numbers are rounded to a multiple of it; 0: to three digits
   * @param values in the place of numbers, unless empty
   */
  public record SearchRange(
      String key,
      String asSet,
      double from,
      double to,
      boolean isLogarithmic,
      int multipleOf,
      List<String> values) {}
}
