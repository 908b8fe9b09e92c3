package io.nightfeed.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;

/** Erasure reaches what is declared; here a new table that forgets to declare is found. */
class PersonalColumnsTest {
  @Test
  void columnsNamedLikeUsers_areDeclared() {
    assertDeclared("(.*_)?(user|author|reader|person|member)(_?id)?s?", spec -> spec.users());
  }

  @Test
  void columnsNamedLikePosts_areDeclared() {
    assertDeclared("(.*_)?(post|item)(_?id)?s?", spec -> spec.posts());
  }

  @Test
  void columnsNamedLikeTexts_areDeclared() {
    assertDeclared("text|.*_text|texts|tags|sentences|tokens|raw|detail", spec -> spec.words());
  }

  @Test
  void textHashes_areDeclaredWhereTheTextIsNotInTheRow() {
    for (var table : tables().toList()) {
      var columns = List.of(table.schema().fieldNames());
      if (columns.contains(Columns.TEXT_HASH) && !columns.contains(Columns.TEXT)) {
        assertThat(table.personal().texts()).as(table.name()).contains(Columns.TEXT_HASH);
      }
    }
  }

  @Test
  void namesThatLookLikeUsers_areRecognised() {
    assertThat(List.of("user_id", "user", "author_id", "top_readers", "shown_to_user_ids"))
        .allMatch(name -> name.matches("(.*_)?(user|author|reader|person|member)(_?id)?s?"));
  }

  private static void assertDeclared(
      String pattern, Function<TableSpec.Personal, List<String>> declared) {
    for (var table : tables().toList()) {
      for (var field : table.schema().fields()) {
        if (field.name().matches(pattern) && holdsNames(field.dataType())) {
          assertThat(declared.apply(table.personal())).as(table.name()).contains(field.name());
        }
      }
    }
  }

  private static boolean holdsNames(DataType type) {
    return type.equals(DataTypes.StringType)
        || type.equals(DataTypes.BinaryType)
        || type instanceof ArrayType array && holdsNames(array.elementType());
  }

  private static Stream<TableSpec> tables() {
    return Stream.of(Gold.ALL, Silver.ALL, Ops.ALL).flatMap(List::stream);
  }
}
