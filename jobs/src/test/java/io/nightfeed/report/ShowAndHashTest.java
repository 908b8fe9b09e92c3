package io.nightfeed.report;

import static io.nightfeed.report.ReportTables.NIGHT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nightfeed.tables.Gold;
import io.nightfeed.tables.TableSpec;
import io.nightfeed.tables.Tables;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ShowAndHashTest {
  @TempDir static Path lake;

  @BeforeAll
  static void fill() {
    new ReportTables(lake, NIGHT)
        .post("p1", "2025-06-10T08:00:00Z", "english post")
        .post("p2", "2025-06-10T08:00:00Z", "中文")
        .annotation("english post", "en", 0, 0, 0, 0, 0, 0, 0, 1)
        .annotation("中文", "zh", 0, 0, 0, 0, 0, 0, 0, 1)
        .state("english-1", "2025-06-12", 90, 0.5)
        .state("english-2", "2025-06-12", 80, 0.5)
        .state("chinese", "2025-06-12", 3, 0.5)
        .state("new-chinese", "2025-06-12", 70, 0)
        .recommendation("english-2", 1, "p1", 0.2, 0.5, "reason two")
        .recommendation("english-1", 1, "p1", 0.1, 0.5, "reason one")
        .recommendation("english-1", 2, "unknown", 0.05, 0.5, "second place")
        .recommendation("chinese", 1, "p2", 0.3, 0.5, "reason three")
        .recommendation("new-chinese", 1, "p2", 0.4, 0.5, "reason four")
        .recommendation("unread", 1, "unknown", 0.4, 0.5, "reason five")
        .publish();
  }

  @Test
  void users_areSpreadOverLanguagesLongestHistoryFirst() {
    assertThat(lists().spread(9, 1))
        .extracting(UserList::userId)
        .containsExactly("english-1", "chinese", "unread", "english-2", "new-chinese");
    assertThat(lists().spread(2, 1))
        .extracting(UserList::userId)
        .containsExactly("english-1", "chinese");
  }

  @Test
  void oneUser_hasRanksUpToTheTop() {
    assertThat(lists().of("english-1", 1).get(0).entries())
        .extracting(UserList.Entry::reason)
        .containsExactly("reason one");
    assertThat(lists().of("english-1", 5).get(0).entries())
        .extracting(entry -> entry.excerpt(40))
        .containsExactly("english post", "(no text: post unknown)");
    assertThat(lists().of("nobody", 5)).isEmpty();
  }

  @Test
  void show_printsListsAndPlaces() {
    var text = new StringWriter();
    ShowCommand.print(
        ReportTables.lake(lake),
        NIGHT,
        lists().spread(2, 5),
        new TerminalLists(100, TerminalLists.Colour.OFF),
        new PrintWriter(text));
    assertThat(text.toString())
        .contains("User english-1", "English · 90 events · mostly joy", "reason three", "中文")
        .contains("Report: none")
        .containsPattern("gold.recommendations +" + lake.resolve("gold/recommendations"))
        .doesNotContain("silver.events");
  }

  @Test
  void show_takesUserOrUsersNotBoth() {
    var command = new CommandLine(new ShowCommand());
    assertThatThrownBy(
            () -> command.parseArgs("--run-date", "2025-06-12", "--user", "a", "--users", "2"))
        .isInstanceOf(CommandLine.MutuallyExclusiveArgsException.class);
    assertThat(command.parseArgs("--run-date", "2025-06-12", "--users", "2").errors()).isEmpty();
  }

  @Test
  void hash_isOfOneNightOrOfAll() {
    var tonight =
        HashCommand.line(ReportTables.lake(lake), Gold.RECOMMENDATIONS, Optional.of(NIGHT));
    assertThat(tonight).matches("gold\\.recommendations rows=6 sha256=[0-9a-f]{64}");
    assertThat(HashCommand.line(ReportTables.lake(lake), Gold.RECOMMENDATIONS, Optional.empty()))
        .isEqualTo(tonight);
    assertThat(
            HashCommand.line(
                ReportTables.lake(lake), Gold.RECOMMENDATIONS, Optional.of(NIGHT.plusDays(1))))
        .contains("rows=0");
  }

  @Test
  void hashOfUnknownTable_namesTheTables() {
    var errors = new StringWriter();
    var code =
        new CommandLine(new HashCommand())
            .setErr(new PrintWriter(errors))
            .execute("gold.recommendation");
    assertThat(code).isEqualTo(2);
    assertThat(errors.toString())
        .contains("gold.recommendation'")
        .contains(List.of(Gold.RECOMMENDATIONS.name(), "silver.events"));
    assertThat(Tables.named("silver.events").map(TableSpec::name)).contains("silver.events");
  }

  private static UserLists lists() {
    return new UserLists(ReportTables.night(lake, NIGHT));
  }
}
