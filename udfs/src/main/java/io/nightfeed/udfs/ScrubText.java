package io.nightfeed.udfs;

import java.util.regex.Pattern;
import org.apache.spark.sql.api.java.UDF1;

/**
 * Replaces what identifies a person in a text: e-mail addresses by {@code [email]}, telephone
 * numbers by {@code [phone]} and mentions by {@code @user}. Scrubbing twice changes nothing more;
 * null stays null.
 *
 * <p>A telephone number is a run of 10 to 15 digits, or of 7 or more after a plus sign, with single
 * spaces, dots, hyphens or brackets between them. Dates and prices are shorter; a longer run, such
 * as an order number, is left. Every pattern is possessive, so time is linear in the text.
 */
public final class ScrubText implements UDF1<String, String> {
  private static final long serialVersionUID = 1L;

  private static final Pattern EMAIL =
      Pattern.compile("(?<![\\w.+-])[\\w.+-]{1,64}+@[\\w-]{1,63}+(?:\\.[\\w-]{1,63}+){1,8}+");
  private static final Pattern PHONE =
      Pattern.compile(
          "(?<![\\w+])(?:\\+(?:[ .()-]?\\d){7,15}+|\\(?\\d(?:[ .()-]{0,2}+\\d){9,14}+)(?![\\w])");
  private static final Pattern MENTION =
      Pattern.compile("(?<![\\w@])@[\\w\\p{IsHan}.-]{1,64}+", Pattern.UNICODE_CHARACTER_CLASS);

  @Override
  public String call(String text) {
    if (text == null) {
      return null;
    }
    var scrubbed = EMAIL.matcher(text).replaceAll("[email]");
    scrubbed = PHONE.matcher(scrubbed).replaceAll("[phone]");
    return MENTION.matcher(scrubbed).replaceAll("@user");
  }
}
