package io.nightfeed.ingest;

import static io.nightfeed.ingest.TestRecords.bytes;
import static io.nightfeed.ingest.TestRecords.event;
import static io.nightfeed.ingest.TestRecords.format;
import static io.nightfeed.ingest.TestRecords.json;
import static io.nightfeed.ingest.TestRecords.with;
import static io.nightfeed.ingest.TestRecords.without;
import static io.nightfeed.tables.Columns.DWELL_MS;
import static io.nightfeed.tables.Columns.POSITION;
import static io.nightfeed.tables.Columns.USER_ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.ingest.RecordFormat.Source;
import io.nightfeed.lake.BarredIds;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens when a source changes its fields without a word. */
class SchemaDriftTest {
  private static final int REASON = 4;
  private static final int UNREAD_FIELDS = 7;
  private static final int DWELL = 15;

  @Test
  void unchangedRecord_leavesNothingUnread() {
    assertThat(parse(event("e1")).isNullAt(UNREAD_FIELDS)).isTrue();
  }

  @Test
  void addedField_isNamedAndTheRestIsRead() {
    var row = parse(with(event("e1"), "device", "phone"));
    assertThat(row.isNullAt(REASON)).isTrue();
    assertThat((String[]) row.get(UNREAD_FIELDS)).containsExactly("'device'");
  }

  @Test
  void droppedOptionalField_isNull() {
    var row = parse(without(event("e1"), DWELL_MS));
    assertThat(row.isNullAt(REASON)).isTrue();
    assertThat(row.isNullAt(DWELL)).isTrue();
  }

  @Test
  void droppedRequiredField_isRefused() {
    assertThat(reason(without(event("e1"), USER_ID))).isEqualTo("missing_field");
  }

  @Test
  void renamedOptionalField_isNullAndItsNewNameIsTold() {
    var row = parse(with(without(event("e1"), DWELL_MS), "dwell_millis", 1200));
    assertThat(row.isNullAt(REASON)).isTrue();
    assertThat(row.isNullAt(DWELL)).isTrue();
    assertThat((String[]) row.get(UNREAD_FIELDS)).containsExactly("'dwell_millis'");
  }

  @Test
  void renamedRequiredField_isRefused() {
    assertThat(reason(with(without(event("e1"), USER_ID), "uid", "u1"))).isEqualTo("missing_field");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Dwell_Ms", "DWELL_MS", "dwell_MS"})
  void recasedField_isRefused(String field) {
    assertThat(reason(with(without(event("e1"), DWELL_MS), field, 1200)))
        .isEqualTo("wrong_case_field");
  }

  @Test
  void wholeNumberThatBecameADecimal_isRefused() {
    assertThat(reason(with(event("e1"), DWELL_MS, 1200.0))).isEqualTo("wrong_type");
  }

  @Test
  void numberThatBecameAString_isRefused() {
    assertThat(reason(with(event("e1"), DWELL_MS, "1200"))).isEqualTo("wrong_type");
  }

  @Test
  void stringThatBecameANumber_isRefused() {
    assertThat(reason(with(event("e1"), USER_ID, 17))).isEqualTo("wrong_type");
  }

  @Test
  void numberOfMoreBits_isReadUpToTheColumnAndRefusedBeyond() {
    assertThat(parse(with(event("e1"), DWELL_MS, 1L << 40)).getLong(DWELL)).isEqualTo(1L << 40);
    assertThat(reason(with(event("e1"), POSITION, 1L << 40))).isEqualTo("bad_value");
  }

  private static String reason(Map<String, Object> record) {
    return parse(record).getString(REASON);
  }

  private static Row parse(Map<String, Object> record) {
    var line = bytes(json(record));
    return ParsedLines.parse(
        new RawLine("part", 0, 1, line.length, line, null),
        format(Source.EVENTS),
        BarredIds.none());
  }
}
