package io.nightfeed.udfs;

import java.util.regex.Pattern;
import org.apache.spark.sql.api.java.UDF1;

/**
 * {@code nightfeed_scrub_text(text)}: replaces what names or reaches a person: e-mail addresses by
 * {@value #EMAIL}, phone numbers by {@value #PHONE}, mentions by {@value #MENTION}. Null for null.
 *
 * <p>Phone numbers are international ({@code +} and 7 to 15 digits, ITU-T E.164), Chinese (mobile,
 * or area code and number) and North American with separators. Bare digit runs of other lengths
 * stay: they are more often prices, dates and identifiers. So do addresses in other alphabets,
 * except for the mention that they contain.
 *
 * <p>Idempotent. Linear in the text's length: repetitions are bounded or possessive, and a match
 * can only start where no match could have started one character earlier.
 */
public final class ScrubText implements UDF1<String, String> {
  private static final long serialVersionUID = 1L;
  private static final String EMAIL = "[email]";
  private static final String PHONE = "[phone]";
  private static final String MENTION = "@user";

  /** {@code \G}: right after another match is a boundary too, as it will be in the result. */
  private static final Pattern EMAIL_PATTERN =
      Pattern.compile(
          "(?:\\G|(?<![A-Za-z0-9._%+-]))[A-Za-z0-9._%+-]++@"
              + "(?:[A-Za-z0-9-]{1,63}+\\.){1,8}[A-Za-z]{2,63}");

  private static final Pattern PHONE_PATTERN =
      Pattern.compile(
          "(?:\\G|(?<![0-9A-Za-z_./#=-]))(?:"
              // +44 20 7946 0958, +1 (212) 555-0123, 0086 138 1234 5678
              + "(?:\\+|00(?=86))[1-9](?:[ ().-]{0,2}[0-9]){6,14}"
              // 138 1234 5678, 86-13812345678
              + "|(?:86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}"
              // 010-12345678, 0755-1234567
              + "|0[1-9][0-9]{1,2}-[0-9]{7,8}"
              // (212) 555-0123, 212-555-0123, 1.212.555.0123
              + "|(?:1[ .-])?(?:\\([2-9][0-9]{2}\\) ?|[2-9][0-9]{2}[.-])[0-9]{3}[.-][0-9]{4}"
              + ")(?![0-9A-Za-z_]|[.-][0-9])");

  /** Weibo and others end a name at anything but letters, marks, digits, '_' and '-'. */
  private static final Pattern MENTION_PATTERN =
      Pattern.compile(
          "[@\uFF20](?:(?<![0-9][@\uFF20])|(?![0-9]))[\\p{L}\\p{N}_][\\p{L}\\p{M}\\p{N}_-]*+");

  @Override
  public String call(String text) {
    if (text == null) {
      return null;
    }
    boolean hasAt = text.indexOf('@') >= 0 || text.indexOf('\uFF20') >= 0;
    boolean hasDigit = text.chars().anyMatch(c -> c >= '0' && c <= '9');
    if (!hasAt && !hasDigit) {
      return text;
    }
    // Ends: each round that changes something leaves fewer '@', digits or names behind.
    var scrubbed = text;
    String before;
    do {
      before = scrubbed;
      scrubbed = EMAIL_PATTERN.matcher(scrubbed).replaceAll(EMAIL);
      scrubbed = PHONE_PATTERN.matcher(scrubbed).replaceAll(PHONE);
      scrubbed = MENTION_PATTERN.matcher(scrubbed).replaceAll(MENTION);
    } while (!scrubbed.equals(before));
    return scrubbed;
  }
}
