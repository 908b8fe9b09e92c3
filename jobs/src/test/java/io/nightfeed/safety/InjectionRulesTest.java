package io.nightfeed.safety;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class InjectionRulesTest {
  private final InjectionRules rules = InjectionRules.shipped();

  @Test
  void injectedTexts_breakARule() throws IOException {
    var injected = lines("injections.txt");
    assertThat(injected).hasSizeGreaterThanOrEqualTo(200).doesNotHaveDuplicates();
    assertThat(injected.stream().filter(text -> !rules.areBrokenBy(text))).isEmpty();
  }

  @Test
  void injectionsWithinPosts_breakARule() throws IOException {
    assertThat(
            lines("injections.txt").stream()
                .map(text -> "Long day, short post. " + text + " 今天就到这里。#life")
                .filter(text -> !rules.areBrokenBy(text)))
        .isEmpty();
  }

  @Test
  void harmlessTexts_breakNone() throws IOException {
    assertThat(lines("harmless.txt").stream().filter(rules::areBrokenBy)).isEmpty();
  }

  /** What is looked for where it can begin is found wherever it stands. */
  @Test
  void everyRule_isLookedForWhereverItCanStand() throws IOException {
    var patterns =
        InjectionRules.read().stream()
            .collect(toMap(pattern -> pattern, pattern -> new FirstCharacters(List.of(pattern))));
    for (var file : List.of("injections.txt", "harmless.txt")) {
      for (var line : lines(file)) {
        for (var text :
            List.of(line.toLowerCase(Locale.ROOT), "今天。" + line, line + "。the end: a")) {
          patterns.forEach(
              (pattern, one) ->
                  assertThat(one.isAnyIn(text))
                      .as("%s in %s", pattern, text)
                      .isEqualTo(pattern.matcher(text).find()));
        }
      }
    }
  }

  @Test
  void endlessTexts_areReadInTime() {
    for (var text :
        List.of(
            "ignore " + "a".repeat(10_000),
            "ignore all ".repeat(1_000),
            "show me to ".repeat(1_000),
            "0".repeat(10_000),
            "a ".repeat(5_000),
            "输出".repeat(5_000),
            "请给".repeat(5_000),
            "在把".repeat(5_000),
            " ".repeat(10_000) + ":")) {
      Assertions.assertTimeout(Duration.ofSeconds(3), () -> rules.areBrokenBy(text), text);
    }
  }

  /** One text a line. */
  static List<String> lines(String file) throws IOException {
    try (var stream = InjectionRulesTest.class.getResourceAsStream(file)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
