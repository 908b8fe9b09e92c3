package io.nightfeed.encoders;

import com.github.pemistahl.lingua.api.Language;
import com.github.pemistahl.lingua.api.LanguageDetector;
import com.github.pemistahl.lingua.api.LanguageDetectorBuilder;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Detects the language of a short text by character n-grams and alphabets of its first {@value
 * #CHARACTERS} characters, through the Lingua library. Links, mentions and hashtags say nothing
 * about the language and are left out.
 *
 * <p>Returns (language, confidence): the ISO 639-1 code of the most likely of {@link #LANGUAGES}
 * and its probability among them; {@value #UNDECIDED} with 0 for a text without letters.
 */
public final class DetectLanguage implements UDF1<String, Row> {
  public static final String UNDECIDED = "und";
  private static final String CHINESE = "zh";
  public static final String LANGUAGE_FIELD = "language";
  public static final String CONFIDENCE_FIELD = "confidence";

  public static final StructType TYPE =
      new StructType()
          .add(LANGUAGE_FIELD, DataTypes.StringType, false)
          .add(CONFIDENCE_FIELD, DataTypes.DoubleType, false);

  private static final long serialVersionUID = 1L;

  /** Languages told apart: each costs memory, and rare ones attract short texts. */
  private static final Language[] LANGUAGES = {
    Language.ENGLISH, Language.CHINESE, Language.JAPANESE, Language.KOREAN, Language.SPANISH,
    Language.PORTUGUESE, Language.FRENCH, Language.GERMAN, Language.ITALIAN, Language.RUSSIAN,
    Language.ARABIC, Language.TURKISH, Language.INDONESIAN
  };

  /** What of a text is looked at: enough to tell, and a long text costs no more. */
  private static final int CHARACTERS = 1000;

  private static final Pattern NOT_LANGUAGE =
      Pattern.compile("https?://\\S+|[@#][^\\s@#]+|\\[(?:email|phone)]");

  @Override
  public Row call(String text) {
    var words = text == null ? "" : NOT_LANGUAGE.matcher(beginning(text)).replaceAll(" ").strip();
    if (words.codePoints().noneMatch(Character::isLetter)) {
      return RowFactory.create(UNDECIDED, 0.0);
    }
    if (isChinese(words)) {
      // What Lingua says as well, after a long look.
      return RowFactory.create(CHINESE, 1.0);
    }
    var best = Detector.INSTANCE.computeLanguageConfidenceValues(words).entrySet().iterator();
    if (!best.hasNext()) {
      return RowFactory.create(UNDECIDED, 0.0);
    }
    var language = best.next();
    var code = language.getKey().getIsoCode639_1().toString().toLowerCase(Locale.ROOT);
    return RowFactory.create(code, language.getValue());
  }

  /** Han letters alone, or more of them than of words of plain Latin letters between them. */
  private static boolean isChinese(String text) {
    int han = 0;
    int latinWords = 0;
    boolean isInLatin = false;
    int letter;
    for (int i = 0; i < text.length(); i += Character.charCount(letter)) {
      letter = text.codePointAt(i);
      boolean isLatin = letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z';
      if (isLatin && !isInLatin) {
        latinWords++;
      } else if (!isLatin && Character.isLetter(letter)) {
        if (Character.UnicodeScript.of(letter) != Character.UnicodeScript.HAN) {
          return false;
        }
        han++;
      }
      isInLatin = isLatin;
    }
    return han > latinWords;
  }

  private static String beginning(String text) {
    return text.length() <= CHARACTERS ? text : text.substring(0, CHARACTERS);
  }

  /** One per process: its n-gram tables are large and safe to share between threads. */
  private static final class Detector {
    static final LanguageDetector INSTANCE =
        LanguageDetectorBuilder.fromLanguages(LANGUAGES).withLowAccuracyMode().build();
  }
}
