package io.nightfeed.reply;

import static io.nightfeed.tables.Columns.ANSWER;
import static io.nightfeed.tables.Columns.CONTEXT;
import static io.nightfeed.tables.Columns.EMBEDDING;
import static io.nightfeed.tables.Columns.ENCODER;
import static io.nightfeed.tables.Columns.EVENT_ID;
import static io.nightfeed.tables.Columns.LANGUAGE;
import static io.nightfeed.tables.Columns.MODEL_DIGEST;
import static io.nightfeed.tables.Columns.POST_ID;
import static io.nightfeed.tables.Columns.TEXT;
import static io.nightfeed.tables.Columns.TEXT_HASH;
import static io.nightfeed.tables.Columns.TOKENS;
import static io.nightfeed.tables.Columns.TOXICITY;
import static io.nightfeed.tables.Columns.USER_ID;

import io.nightfeed.reply.FeatureSpace.Reading;
import io.nightfeed.reply.Source.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/** What the language models read in the texts of some threads, and what that makes comparable. */
final class ReadingsOfNight {
  private final Map<String, Row> annotations = new HashMap<>();
  private final Map<String, Features> features = new HashMap<>();

  /**
   * @param rows of silver.text_annotations, each text once, by hash
   */
  ReadingsOfNight(List<Row> rows) {
    var byEncoder = new TreeMap<String, List<Row>>();
    for (var row : rows) {
      annotations.put(row.getAs(TEXT_HASH), row);
      byEncoder.computeIfAbsent(row.getAs(ENCODER), encoder -> new ArrayList<>()).add(row);
    }
    for (var texts : byEncoder.values()) {
      var readings = texts.stream().map(ReadingsOfNight::reading).toList();
      var space = FeatureSpace.of(readings, readings.get(0).embedding().length);
      for (int i = 0; i < texts.size(); i++) {
        features.put(texts.get(i).getAs(TEXT_HASH), space.features(readings.get(i)));
      }
    }
  }

  static Reading reading(Row row) {
    return Reading.of(row.getList(row.fieldIndex(TOKENS)), row.getList(row.fieldIndex(EMBEDDING)));
  }

  /** Of a text; null where the heads abstain, or no model read it. */
  Float toxicity(String textHash) {
    var read = annotations.get(textHash);
    return read == null ? null : read.getAs(TOXICITY);
  }

  /** A comment as it is asked about; nothing where no model read it. */
  Optional<Asked> asked(Row row, double decay, TemplateQuestions templates) {
    return Optional.ofNullable(annotations.get(row.<String>getAs(TEXT_HASH)))
        .map(
            read ->
                new Asked(
                    row.getAs(EVENT_ID),
                    row.getAs(POST_ID),
                    row.getAs(USER_ID),
                    row.getAs(TEXT),
                    row.getAs(TEXT_HASH),
                    List.copyOf(row.<String>getList(row.fieldIndex(CONTEXT))),
                    read.getAs(LANGUAGE),
                    read.getAs(TOXICITY),
                    read.getAs(ENCODER),
                    read.getAs(MODEL_DIGEST),
                    features.get(row.<String>getAs(TEXT_HASH)),
                    together(row.getList(row.fieldIndex(CONTEXT)), read.getAs(ENCODER), decay),
                    templates.asQuestion(read.getAs(ENCODER), reading(read)).orElse(null)));
  }

  /** An answer with what it answers, or a post; nothing where no model read it. */
  Optional<Source> source(Row row, double decay) {
    String hash = row.getAs(TEXT_HASH);
    var read = annotations.get(hash);
    if (read == null) {
      return Optional.empty();
    }
    String answer = row.getAs(ANSWER);
    var turns = new ArrayList<String>();
    if (answer != null) {
      turns.addAll(row.getList(row.fieldIndex(CONTEXT)));
    }
    turns.add(hash);
    return Optional.of(
        new Source(
            answer == null ? Kind.POST : Kind.PAST_ANSWER,
            answer == null ? List.of(row.<String>getAs(POST_ID)) : List.of(answer),
            row.getAs(POST_ID),
            row.getAs(USER_ID),
            row.getAs(TEXT),
            hash,
            null,
            read.getAs(TOXICITY),
            read.getAs(ENCODER),
            List.of(together(turns, read.getAs(ENCODER), decay))));
  }

  /** Turns that another encoder read cannot be compared, and are passed over. */
  private Features together(List<String> turns, String encoder, double decay) {
    return Features.together(
        turns.stream()
            .filter(annotations::containsKey)
            .filter(turn -> annotations.get(turn).<String>getAs(ENCODER).equals(encoder))
            .map(features::get)
            .toList(),
        decay);
  }
}
