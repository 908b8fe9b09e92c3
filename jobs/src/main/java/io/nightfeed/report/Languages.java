package io.nightfeed.report;

import java.util.Locale;

/** Languages in words. */
final class Languages {
  /** ISO 639-2 code of a text whose language could not be told. */
  static final String UNDETERMINED = "und";

  private Languages() {}

  /** The English name of an ISO 639-1 code: {@code zh} is Chinese. */
  static String name(String code) {
    return UNDETERMINED.equals(code)
        ? "undetermined"
        : Locale.forLanguageTag(code).getDisplayLanguage(Locale.ENGLISH);
  }
}
