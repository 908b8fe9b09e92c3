package io.nightfeed.ingest;

import static io.nightfeed.tables.Columns.*;
import static java.util.stream.Collectors.joining;

import io.nightfeed.config.Settings;
import io.nightfeed.lake.Consent;
import io.nightfeed.tables.Silver;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.udfs.CleanText;
import io.nightfeed.udfs.Pseudonym;
import io.nightfeed.udfs.ScrubText;
import java.io.Serializable;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.types.StructType;

/**
 * What a valid line of one source holds. Turns a JSON object into the values of its table's
 * columns, in order, but for those that the text gets later; identifiers of people leave as
 * pseudonyms.
 */
final class RecordFormat implements Serializable {
  /** Which of the sources. */
  enum Source {
    EVENTS(Silver.EVENTS, EVENT_ID, USER_ID),
    POSTS(Silver.POSTS, POST_ID, AUTHOR_ID),
    OPT_OUTS(Silver.OPT_OUTS, USER_ID, USER_ID);

    private final TableSpec table;
    private final String key;
    private final String user;

    Source(TableSpec table, String key, String user) {
      this.table = table;
      this.key = key;
      this.user = user;
    }

    TableSpec table() {
      return table;
    }

    String key() {
      return key;
    }

    /** The column that says whose record it is. */
    String user() {
      return user;
    }

    /** Name of the landing folder, and value of the column {@code source}. */
    String label() {
      return name().toLowerCase(java.util.Locale.ROOT).replace("_", "");
    }
  }

  private static final long serialVersionUID = 1L;
  private static final CleanText CLEAN = new CleanText();
  private static final ScrubText SCRUB = new ScrubText();

  private static final Set<String> ACTIONS =
      Set.of("view", "click", "like", "comment", "share", "hide", "report", "follow");

  private static final Set<String> SCOPES =
      Set.of(Consent.ALL, Consent.PERSONALISATION, Consent.NONE);

  private final Source source;
  private final Pseudonym pseudonym;
  private final int mostCharacters;
  private final Instant earliest;
  private final Instant latest;
  private final HashSet<String> fields;

  RecordFormat(Source source, Settings.Ingest settings, LocalDate runDate, Pseudonym pseudonym) {
    this.source = source;
    this.pseudonym = pseudonym;
    this.mostCharacters = settings.maxTextCharacters();
    this.earliest = settings.earliestEventDate().atStartOfDay(ZoneOffset.UTC).toInstant();
    this.latest =
        runDate.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().plus(settings.maxClockSkew());
    this.fields = new HashSet<>(Arrays.asList(source.table().schema().fieldNames()));
    this.fields.removeAll(List.of(EVENT_DATE, TEXT_HASH, RUN_DATE));
  }

  /** The columns that {@link #values} fills. */
  StructType schema() {
    var columns = source.table().schema().fields();
    return new StructType(
        Stream.of(columns)
            .filter(field -> !List.of(TEXT_HASH, RUN_DATE).contains(field.name()))
            .toArray(org.apache.spark.sql.types.StructField[]::new));
  }

  /** What one line says, before its values are looked at. */
  JsonRecord parse(byte[] line) throws Refusal {
    return JsonRecord.parse(line, fields);
  }

  /** Whose record it is, as the source says. */
  String userOf(JsonRecord line) throws Refusal {
    return line.identifier(source.user());
  }

  /** The post that it is about, as the source says; null for none. */
  String postOf(JsonRecord line) throws Refusal {
    return source == Source.OPT_OUTS ? null : line.identifier(POST_ID);
  }

  /** The values of one line, in the order of {@link #schema}. */
  Object[] values(JsonRecord line) throws Refusal {
    return switch (source) {
      case EVENTS -> event(line);
      case POSTS -> post(line);
      case OPT_OUTS -> optOut(line);
    };
  }

  private Object[] optOut(JsonRecord request) throws Refusal {
    var scope = request.identifier(SCOPE);
    if (!SCOPES.contains(scope)) {
      throw new Refusal(
          QuarantineReason.BAD_VALUE,
          "scope; expected one of " + SCOPES.stream().sorted().toList());
    }
    return new Object[] {
      pseudonym.call(request.identifier(USER_ID)),
      Timestamp.from(plausible(REQUESTED_AT, request.time(REQUESTED_AT))),
      scope
    };
  }

  private Object[] event(JsonRecord event) throws Refusal {
    var time = plausible(EVENT_TIME, event.time(EVENT_TIME));
    var position = event.integer(POSITION, 1);
    if (position != null && position > Integer.MAX_VALUE) {
      throw new Refusal(QuarantineReason.BAD_VALUE, POSITION + " is " + position);
    }
    return new Object[] {
      event.identifier(EVENT_ID),
      Timestamp.from(time),
      Date.valueOf(time.atZone(ZoneOffset.UTC).toLocalDate()),
      pseudonym.call(event.identifier(USER_ID)),
      event.identifier(POST_ID),
      action(event.identifier(ACTION)),
      event.integer(DWELL_MS, 0),
      position == null ? null : position.intValue(),
      event.probability(PROPENSITY),
      text(event.text(TEXT)),
      event.identifierOrNull(SESSION_ID),
      event.language(LANGUAGE)
    };
  }

  private Object[] post(JsonRecord post) throws Refusal {
    var alternatives = readable(post.strings(MEDIA_ALT_TEXT));
    // Read as one: a picture's description says what the post is about.
    var text =
        Stream.concat(
                Stream.ofNullable(post.text(TEXT)),
                alternatives == null ? Stream.of() : alternatives.stream())
            .collect(joining(" "));
    var tags = readable(post.strings(TAGS));
    return new Object[] {
      post.identifier(POST_ID),
      pseudonym.call(post.identifier(AUTHOR_ID)),
      Timestamp.from(plausible(CREATED_AT, post.time(CREATED_AT))),
      text(text),
      post.language(LANGUAGE),
      tags == null ? null : tags.toArray(String[]::new),
      alternatives == null ? null : alternatives.toArray(String[]::new)
    };
  }

  /** Short texts that go to the table as they are: cleaned and scrubbed, without empty ones. */
  private static List<String> readable(List<String> texts) {
    return texts == null
        ? null
        : texts.stream()
            .map(text -> SCRUB.call(CLEAN.call(text)))
            .filter(text -> !text.isEmpty())
            .toList();
  }

  private static String action(String action) throws Refusal {
    if (!ACTIONS.contains(action)) {
      throw new Refusal(
          QuarantineReason.UNKNOWN_ACTION,
          "'" + action + "'; expected one of " + ACTIONS.stream().sorted().toList());
    }
    return action;
  }

  private String text(String text) throws Refusal {
    if (text != null && text.length() > mostCharacters) {
      throw new Refusal(
          QuarantineReason.TEXT_TOO_LONG,
          "%d characters; at most %d are allowed (ingest.max-text-characters)"
              .formatted(text.length(), mostCharacters));
    }
    return text;
  }

  private Instant plausible(String field, Instant time) throws Refusal {
    if (!time.isBefore(latest)) {
      throw new Refusal(
          QuarantineReason.FUTURE_TIME,
          "%s is %s; this night knows nothing from %s on".formatted(field, time, latest));
    }
    if (time.isBefore(earliest)) {
      throw new Refusal(
          QuarantineReason.IMPLAUSIBLE_TIME,
          "%s is %s; expected %s or later (ingest.earliest-event-date)"
              .formatted(field, time, earliest));
    }
    return time;
  }
}
