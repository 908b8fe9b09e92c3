package io.nightfeed.generate;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.nightfeed.config.Settings;
import io.nightfeed.encoders.DetectLanguage;
import io.nightfeed.encoders.Sentences;
import io.nightfeed.run.ExitCode;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.Sessions;
import io.nightfeed.run.SettingsOptions;
import io.nightfeed.safety.Graphemes;
import io.nightfeed.safety.InjectionRules;
import io.nightfeed.safety.TextCheck;
import io.nightfeed.tables.SparkFunctions;
import io.nightfeed.udfs.NightfeedFunctions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code nightfeed evaluate-generate}: what teasers of real posts keep, and how fast they come. */
@Command(
    name = "evaluate-generate",
    mixinStandardHelpOptions = true,
    description =
        "Write extractive teasers of real posts (weibo-threads), and measure what they keep and how fast they come.")
public final class EvaluateGenerateCommand implements Callable<Integer> {
  private static final String DETECTED = "detected";

  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions options;

  @Option(names = "--data", required = true, description = "Folder that holds weibo-threads.")
  private Path data;

  @Option(names = "--posts", defaultValue = "500", description = "How many (${DEFAULT-VALUE}).")
  private int posts;

  @Option(
      names = "--copies",
      defaultValue = "40",
      description = "How often each counts where speed is measured (${DEFAULT-VALUE}).")
  private int copies;

  @Option(
      names = "--json",
      defaultValue = "target/bench/generate.json",
      description = "Where the figures go (${DEFAULT-VALUE}).")
  private Path json;

  @Override
  public Integer call() {
    var settings = options.settings();
    try (var spark = Sessions.open("nightfeed evaluate-generate")) {
      NightfeedFunctions.register(spark);
      var figures = new MeasuredFigures(spec.commandLine().getOut(), json);
      measureTexts(spark, figures);
      var check = new TextCheck(settings.safety().maxToxicity());
      var reader = new TextReader();
      var encoders = settings.encoders().stream().map(Settings.Encoder::name).toList();
      var annotated = reader.read(settings, texts(spark, settings), encoders).cache();
      figures.add("generate.teasers.posts", annotated.count());
      var pieces = pieces(checked(annotated, check), settings).cache();
      figures.add("generate.teasers.pieces", pieces.count());
      long start = System.nanoTime();
      var read = reader.readPieces(spark, settings, pieces).cache();
      read.count();
      figures.add("generate.embedding.seconds", (System.nanoTime() - start) / 1e9);
      int most = settings.generate().maxCharacters();
      var chosen = ExtractiveTeasers.chosen(read, check, most);
      measureTeasers(
          figures,
          checked(annotated, check).join(chosen.drop(REASONS), new String[] {TEXT_HASH}, "left"),
          settings);
      measureSpeed(figures, annotated, read, settings, check);
    }
    return ExitCode.OK.status();
  }

  /** How many texts of real people are taken for injections: few of them, if any, can be. */
  private void measureTexts(SparkSession spark, MeasuredFigures figures) {
    UDF1<String, Boolean> isInjection = text -> InjectionRules.shipped().areBrokenBy(text);
    var all = cleaned(spark, "posts.jsonl.gz").union(cleaned(spark, "interactions.jsonl.gz"));
    var counted =
        all.distinct()
            .agg(
                functions.count(lit(1)),
                SparkFunctions.count_if(udf(isInjection, DataTypes.BooleanType).apply(col(TEXT))))
            .first();
    figures.add("generate.real_texts", counted.getLong(0));
    figures.add("generate.real_texts.taken_for_injections", counted.getLong(1));
  }

  private Dataset<Row> cleaned(SparkSession spark, String file) {
    return spark
        .read()
        .schema(TEXT + " STRING")
        .json(data.resolve("weibo-threads").resolve(file).toString())
        .select(
            functions
                .call_udf(
                    NightfeedFunctions.SCRUB_TEXT,
                    functions.call_udf(NightfeedFunctions.CLEAN_TEXT, col(TEXT)))
                .as(TEXT))
        .where(functions.length(col(TEXT)).gt(0));
  }

  /** The first posts in the order of their hashes, with language, encoder and sentences. */
  private Dataset<Row> texts(SparkSession spark, Settings settings) {
    var isSure =
        col(DETECTED)
            .getField(DetectLanguage.CONFIDENCE_FIELD)
            .geq(settings.annotate().minLanguageConfidence());
    Dataset<Row> texts =
        cleaned(spark, "posts.jsonl.gz")
            .distinct()
            .withColumn(TEXT_HASH, sha2(col(TEXT), 256))
            .orderBy(TEXT_HASH)
            .limit(posts)
            .withColumn(DETECTED, udf(new DetectLanguage(), DetectLanguage.TYPE).apply(col(TEXT)))
            .withColumn(
                LANGUAGE,
                when(isSure, col(DETECTED).getField(DetectLanguage.LANGUAGE_FIELD))
                    .otherwise(DetectLanguage.UNDECIDED))
            .withColumn(
                SENTENCES,
                udf(new Sentences(), DataTypes.createArrayType(DataTypes.StringType, false))
                    .apply(col(TEXT)))
            .withColumn(TOXICITY, lit(null).cast("float"))
            .drop(DETECTED);
    var encoder = lit(null).cast("string");
    for (var one : settings.encoders()) {
      for (var language : one.languages()) {
        encoder =
            language.equals("*")
                ? coalesce(encoder, lit(one.name()))
                : when(col(LANGUAGE).equalTo(language), one.name()).otherwise(encoder);
      }
    }
    return texts.withColumn(ENCODER, encoder);
  }

  /** As the job reads them. */
  private static Dataset<Row> checked(Dataset<Row> annotated, TextCheck check) {
    var posts =
        annotated.select(
            col(TEXT_HASH).as(POST_ID),
            col(TEXT),
            col(TEXT_HASH),
            lit(null).cast("array<string>").as(TAGS));
    return Sources.checked(posts, annotated, posts.select(POST_ID), check);
  }

  private static Dataset<Row> pieces(Dataset<Row> checked, Settings settings) {
    return ExtractiveTeasers.pieces(
        checked.where(size(col(REASONS)).equalTo(0)), settings.generate());
  }

  private static void measureTeasers(
      MeasuredFigures figures, Dataset<Row> posts, Settings settings) {
    var detect = new DetectLanguage();
    int teasers = 0;
    int blocked = 0;
    int copied = 0;
    int lengthKept = 0;
    int languageKept = 0;
    int undecided = 0;
    int characters = 0;
    for (var row : posts.select(TEXT, PIECE, LANGUAGE, REASONS).collectAsList()) {
      var teaser = row.getString(1);
      blocked += row.getList(3).isEmpty() ? 0 : 1;
      if (teaser == null) {
        continue;
      }
      teasers++;
      copied += row.getString(0).contains(teaser) ? 1 : 0;
      int length = Graphemes.count(teaser);
      characters += length;
      lengthKept += length <= settings.generate().maxCharacters() ? 1 : 0;
      var found = detect.call(teaser);
      boolean isUndecided = found.getDouble(1) < settings.annotate().minLanguageConfidence();
      var language = row.getString(2);
      if (language.equals(DetectLanguage.UNDECIDED)) {
        undecided++;
      } else if (isUndecided || found.getString(0).equals(language)) {
        languageKept++;
      } else {
        figures.note(
            "language not kept: %s, found %s (%.2f) in %d letters"
                .formatted(
                    language,
                    found.getString(0),
                    found.getDouble(1),
                    teaser.codePoints().filter(Character::isLetter).count()));
      }
    }
    figures.add("generate.teasers.written", teasers);
    figures.add("generate.teasers.blocked_posts", blocked);
    figures.add("generate.teasers.copied", copied / (double) teasers);
    figures.add("generate.teasers.length_kept", lengthKept / (double) teasers);
    // A post without a language has none to keep.
    figures.add("generate.teasers.of_undecided_language", undecided);
    figures.add("generate.teasers.language_kept", languageKept / (double) (teasers - undecided));
    figures.add("generate.teasers.mean_characters", characters / (double) teasers);
  }

  /** All but the embedding: checks, cutting, choosing, checks again. The first round warms up. */
  private void measureSpeed(
      MeasuredFigures figures,
      Dataset<Row> annotated,
      Dataset<Row> read,
      Settings settings,
      TextCheck check) {
    var manyTexts = copied(annotated).cache();
    var manyPieces = copied(read).cache();
    long texts = manyTexts.count();
    manyPieces.count();
    double seconds = 0;
    for (int round = 0; round < 2; round++) {
      long start = System.nanoTime();
      finish(pieces(checked(manyTexts, check), settings));
      finish(ExtractiveTeasers.chosen(manyPieces, check, settings.generate().maxCharacters()));
      seconds = (System.nanoTime() - start) / 1e9;
    }
    figures.add("generate.extractive.posts", texts);
    figures.add("generate.extractive.seconds", seconds);
    figures.add("generate.extractive.posts_per_second", texts / seconds);
  }

  private Dataset<Row> copied(Dataset<Row> rows) {
    return rows.withColumn(ORDER, explode(sequence(lit(1), lit(copies))))
        .withColumn(TEXT_HASH, concat(col(TEXT_HASH), lit("/"), col(ORDER)))
        .drop(ORDER);
  }

  private static void finish(Dataset<Row> rows) {
    rows.write().format("noop").mode("overwrite").save();
  }
}
