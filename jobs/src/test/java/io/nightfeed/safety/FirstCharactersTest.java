package io.nightfeed.safety;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FirstCharactersTest {
  private static final List<Pattern> PATTERNS =
      List.of(
          Pattern.compile("(?<![\\p{L}\\p{N}])(?:ab|b ?a) c"),
          Pattern.compile("(?:^|[\\n.]) ?(?:a|忘记):"),
          Pattern.compile("(?:忘|不要).{0,2}(?:a|b)"),
          Pattern.compile("\\{\\{[^}]{0,3}\\}\\}|a{3,}$"),
          Pattern.compile("[^\\p{L} ]c(?![\\p{L}])"),
          Pattern.compile("\\p{L}{2,}+b"),
          Pattern.compile("\uD83D\uDE00 ?a"));

  private final FirstCharacters first = new FirstCharacters(PATTERNS);

  /** Of the characters that the patterns name, and some that they do not. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("abc 忘记不要.:{}\n1é\uD83D\uDE00").ofMaxLength(14);
  }

  @Property(tries = 5_000)
  void pattern_isFoundWhereverItStands(@ForAll("texts") String text) {
    boolean isExpected = PATTERNS.stream().anyMatch(pattern -> pattern.matcher(text).find());
    assertThat(first.isAnyIn(text)).isEqualTo(isExpected);
  }
}
