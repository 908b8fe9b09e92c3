package io.nightfeed.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalListsTest {
  private static final TerminalLists PLAIN = new TerminalLists(80, TerminalLists.Colour.OFF);
  private static final String CHINESE = "今天早上沿着河边跑了十公里".repeat(6);

  @Test
  void wideCharacters_takeTwoPlaces() {
    assertThat(TerminalLists.columns("日出 ok")).isEqualTo(7);
    assertThat(TerminalLists.columns("e\u0301")).isEqualTo(1);
    assertThat(TerminalLists.columns("😀")).isEqualTo(2);
  }

  @Test
  void noLine_isWiderThanTheTerminal() {
    assertThat(PLAIN.of(list("Because you engaged with “" + CHINESE + "” (80% your interests)")))
        .satisfies(
            text -> {
              assertThat(text.lines()).allMatch(line -> TerminalLists.columns(line) <= 80);
              assertThat(text.lines()).anyMatch(line -> TerminalLists.columns(line) >= 79);
            });
  }

  @Test
  void posts_beginInTheSameColumn() {
    var lines = PLAIN.of(list("reason")).lines().toList();
    var heading = TerminalLists.columns(lines.get(2).substring(0, lines.get(2).indexOf("post")));
    assertThat(column(lines, "今天")).isEqualTo(heading);
    assertThat(column(lines, "plain post")).isEqualTo(heading);
    assertThat(column(lines, "reason")).isEqualTo(heading);
  }

  @Test
  void longReason_isWrappedNotCut() {
    var reason = "0123456789".repeat(12);
    var text = PLAIN.of(list(reason));
    assertThat(text.lines().map(String::strip).toList().toString().replace(", ", ""))
        .contains(reason);
  }

  @Test
  void longReason_breaksBetweenWords() {
    var reason = "some plain words ".repeat(12).strip();
    var lines = PLAIN.of(list(reason)).lines().map(String::strip).toList();
    var wrapped = lines.stream().filter(line -> line.matches("(some|plain|words| )+")).toList();
    assertThat(wrapped).hasSizeGreaterThan(2);
    assertThat(String.join(" ", wrapped)).isEqualTo(reason + " " + reason);
    assertThat(lines).allMatch(line -> TerminalLists.columns(line) <= 80);
  }

  @Test
  void escapeCodes_comeWithColourAlone() {
    var escape = "\u001B[";
    assertThat(new TerminalLists(80, TerminalLists.Colour.ON).of(list("reason"))).contains(escape);
    assertThat(PLAIN.of(list("reason"))).doesNotContain(escape);
  }

  @Test
  void escapeCodesOfUsers_areDropped() {
    assertThat(PLAIN.of(list("\u001B[31mred"))).doesNotContain("\u001B").contains("[31mred");
  }

  @Test
  void width_isThatOfTheShellWithinReason() {
    assertThat(ShowCommand.width("90")).isEqualTo(90);
    assertThat(ShowCommand.width("5")).isEqualTo(60);
    assertThat(ShowCommand.width(null)).isEqualTo(120);
    assertThat(ShowCommand.width("wide")).isEqualTo(120);
  }

  private static int column(List<String> lines, String text) {
    return lines.stream()
        .filter(line -> line.contains(text))
        .mapToInt(line -> TerminalLists.columns(line.substring(0, line.indexOf(text))))
        .findFirst()
        .orElseThrow();
  }

  private static UserList list(String reason) {
    return new UserList(
        "user",
        "zh",
        12,
        UserList.Mood.UNKNOWN,
        List.of(entry(1, CHINESE, 0.04211, reason), entry(100, "plain post", 1234.5, reason)));
  }

  private static UserList.Entry entry(int rank, String text, double score, String reason) {
    return new UserList.Entry(rank, "p", text, score, 0.8, 0.2, false, reason, List.of());
  }
}
