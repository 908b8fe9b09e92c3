package io.nightfeed.lake;

import static io.nightfeed.tables.Columns.DIGEST;
import static io.nightfeed.tables.Columns.RUN_DATE;

import io.nightfeed.tables.Silver;
import io.nightfeed.udfs.Pseudonym;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/**
 * Whose records ingest keeps out: people and posts that were erased, and people who opted out of
 * all processing. Of those that were erased, keyed digests are kept that are not their pseudonyms;
 * a hundred bytes each, in memory: a million is no burden.
 */
public final class BarredIds implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String USER = "user/";
  private static final String POST = "post/";

  /** What may be an identifier in a line that is no record: what stands in quotes, and words. */
  private static final Pattern IDENTIFIER =
      Pattern.compile("\"([^\"\\\\]{1,256})\"|[\\w-]{1,256}+");

  private final Pseudonym pseudonym;
  private final Set<String> digests;
  private final Set<String> optedOut;

  private BarredIds(Pseudonym pseudonym, Set<String> digests, Collection<String> optedOut) {
    this.pseudonym = pseudonym;
    this.digests = digests;
    this.optedOut = new HashSet<>(optedOut);
  }

  /** Nobody. */
  public static BarredIds none() {
    return new BarredIds(new Pseudonym(new byte[Pseudonym.LEAST_KEY_BYTES]), Set.of(), Set.of());
  }

  /** Those that were erased. */
  public static BarredIds erased(Lake lake, Pseudonym pseudonym) {
    var digests = lake.all(Silver.ERASED_IDS).select(DIGEST).as(Encoders.STRING());
    return new BarredIds(pseudonym, new HashSet<>(digests.collectAsList()), Set.of());
  }

  /** Those that were erased, and who opted out of all processing. */
  public static BarredIds all(Lake lake, Pseudonym pseudonym) {
    var optedOut = Consent.optedOut(lake, List.of(Consent.ALL)).as(Encoders.STRING());
    return new BarredIds(pseudonym, erased(lake, pseudonym).digests, optedOut.collectAsList());
  }

  /**
   * Keeps people and posts out from now on.
   *
   * @param users identifiers as the source has them
   * @param posts such identifiers too
   */
  public static void bar(
      SparkSession spark,
      Lake lake,
      Pseudonym pseudonym,
      LocalDate runDate,
      Collection<String> users,
      Collection<String> posts) {
    var added = new TreeSet<String>();
    users.forEach(user -> added.add(pseudonym.call(USER + user)));
    posts.forEach(post -> added.add(pseudonym.call(POST + post)));
    added.removeAll(erased(lake, pseudonym).digests);
    if (!added.isEmpty()) {
      var rows = spark.createDataset(List.copyOf(added), Encoders.STRING()).toDF(DIGEST);
      lake.append(Silver.ERASED_IDS, runDate, rows.drop(RUN_DATE));
    }
  }

  public boolean isEmpty() {
    return digests.isEmpty() && optedOut.isEmpty();
  }

  /**
   * Whether a record is kept out.
   *
   * @param user identifier as the source has it
   * @param post such an identifier, of the post that it is about; null for none
   */
  public boolean has(String user, String post) {
    return !digests.isEmpty()
            && (digests.contains(pseudonym.call(USER + user))
                || post != null && digests.contains(pseudonym.call(POST + post)))
        || !optedOut.isEmpty() && optedOut.contains(pseudonym.call(user));
  }

  /** Whether bytes that could not be read as a record may name one of them. */
  public boolean areNamedIn(byte[] line) {
    var identifiers = IDENTIFIER.matcher(new String(line, StandardCharsets.UTF_8));
    while (identifiers.find()) {
      var identifier = identifiers.group(1) == null ? identifiers.group() : identifiers.group(1);
      if (has(identifier, identifier)) {
        return true;
      }
    }
    return false;
  }
}
