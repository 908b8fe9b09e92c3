package io.nightfeed.tables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A table, declared: where it lives, what a row is, and every column with its type, unit and
 * meaning. Tables are partitioned by {@link Columns#RUN_DATE}; a run replaces the slice of its own
 * date and nothing else.
 *
 * @param name layer and table, such as {@code silver.events}
 * @param comment what one row is
 * @param key columns that identify a row
 * @param schema the columns; key columns are not nullable
 * @param constraints CHECK constraints by name, as SQL
 * @param rules what is asked of a slice before it is published; that the key is unique goes first
 * @param keepsOneSlice true when only the newest run's rows are kept
 * @param isSeenAtOnce true when rows are seen as soon as they are published, and not when the run
 *     has ended well: they tell what is wrong with it
 * @param hasChangeFeed true when Delta's change feed tells which rows came and went, commit by
 *     commit
 * @param personal which columns name people, posts and texts; erasure reaches every one of them
 */
public record TableSpec(
    String name,
    String comment,
    List<String> key,
    StructType schema,
    Map<String, String> constraints,
    List<QualityRule> rules,
    boolean keepsOneSlice,
    boolean isSeenAtOnce,
    boolean hasChangeFeed,
    Personal personal) {

  /**
   * Columns by what they name. A column of an array type names every element.
   *
   * @param users pseudonyms: the row belongs to that person
   * @param posts identifiers of posts: the row, or the element of an array, is about that post
   * @param texts hashes of texts: the row says something of that text alone. Empty where rows hold
   *     the text itself beside its hash
   * @param words what people wrote, in their own words
   * @param origins arrays of posts that the row as a whole is made of: it goes with any of them
   */
  public record Personal(
      List<String> users,
      List<String> posts,
      List<String> texts,
      List<String> words,
      List<String> origins) {
    /** Whether rows can name or quote somebody. */
    public boolean isAny() {
      return !(users.isEmpty()
          && posts.isEmpty()
          && texts.isEmpty()
          && words.isEmpty()
          && origins.isEmpty());
    }
  }

  /** Whether a column is an array. */
  public boolean isArray(String column) {
    return schema.apply(column).dataType() instanceof ArrayType;
  }

  private static final Pattern NAME = Pattern.compile("(silver|gold|ops)\\.[a-z][a-z_]*");

  /**
   * @throws IllegalArgumentException for a name that is not a layer and a table, since it becomes a
   *     folder and a part of SQL
   */
  public TableSpec {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'" + name + "' is no table name; expected " + NAME.pattern());
    }
  }

  public static Builder table(String name, String comment) {
    return new Builder(name, comment);
  }

  /** The table's columns, to select in the declared order. */
  public Column[] columns() {
    return List.of(schema.fieldNames()).stream().map(functions::col).toArray(Column[]::new);
  }

  /** The columns that a night's rows bring: all but the run date. */
  public StructType rowSchema() {
    var fields = schema.fields();
    return new StructType(Arrays.copyOf(fields, fields.length - 1));
  }

  /**
   * Of how many leading columns files carry statistics: up to the last by which rows are looked up,
   * of the key, of users and posts, and of times. Those of all columns cost a sixth of a write.
   */
  public int columnsWithStatistics() {
    int last = 0;
    var fields = rowSchema().fields();
    for (int i = 0; i < fields.length; i++) {
      var column = fields[i].name();
      var type = fields[i].dataType();
      boolean isTime = type.equals(DataTypes.TimestampType) || type.equals(DataTypes.DateType);
      boolean isName = personal.users().contains(column) || personal.posts().contains(column);
      if (key.contains(column) || isTime || isName && !isArray(column)) {
        last = i + 1;
      }
    }
    return last;
  }

  /** The folder of the table below the lake's root: {@code silver/events}. */
  public String path() {
    return name.replace('.', '/');
  }

  @Override
  public String toString() {
    return name;
  }

  /** Collects columns in the order in which the table shows them. */
  public static final class Builder {
    private final String name;
    private final String comment;
    private final List<StructField> fields = new ArrayList<>();
    private final Map<String, String> constraints = new LinkedHashMap<>();
    private final List<QualityRule> rules = new ArrayList<>();
    private List<String> key = List.of();
    private boolean keepsOneSlice;
    private boolean isSeenAtOnce;
    private boolean hasChangeFeed;
    private List<String> users = List.of();
    private List<String> posts = List.of();
    private List<String> texts = List.of();
    private List<String> words = List.of();
    private List<String> origins = List.of();

    private Builder(String name, String comment) {
      this.name = name;
      this.comment = comment;
    }

    /** The columns that identify a row, beside the run date. */
    public Builder key(String... columns) {
      key = List.of(columns);
      return this;
    }

    /** See {@link Personal#users}. */
    public Builder users(String... columns) {
      users = List.of(columns);
      return this;
    }

    /** See {@link Personal#posts}. */
    public Builder posts(String... columns) {
      posts = List.of(columns);
      return this;
    }

    /** See {@link Personal#texts}. */
    public Builder texts(String... columns) {
      texts = List.of(columns);
      return this;
    }

    /** See {@link Personal#words}. */
    public Builder words(String... columns) {
      words = List.of(columns);
      return this;
    }

    /** See {@link Personal#origins}. */
    public Builder origins(String... columns) {
      origins = List.of(columns);
      return this;
    }

    public Builder required(String column, DataType type, String meaning) {
      return add(column, type, false, meaning);
    }

    public Builder optional(String column, DataType type, String meaning) {
      return add(column, type, true, meaning);
    }

    public Builder check(String constraint, String condition) {
      constraints.put(constraint, condition);
      return this;
    }

    /** A condition that every row of a published slice satisfies. */
    public Builder each(String rule, String condition) {
      return rule(new QualityRule.EachRow(rule, condition));
    }

    /** A rule for slices that are published. */
    public Builder rule(QualityRule rule) {
      rules.add(rule);
      return this;
    }

    /** Only the newest run's rows are kept: publishing replaces the whole table. */
    public Builder keepsOneSlice() {
      keepsOneSlice = true;
      return this;
    }

    /** Rows are seen whatever becomes of the run that publishes them. */
    public Builder isSeenAtOnce() {
      isSeenAtOnce = true;
      return this;
    }

    /** Delta's change feed tells what came and went. */
    public Builder hasChangeFeed() {
      hasChangeFeed = true;
      return this;
    }

    /** The finished table; {@code run_date} is its last column and part of its key. */
    public TableSpec build() {
      add(
          Columns.RUN_DATE,
          DataTypes.DateType,
          false,
          "The night that wrote the row (UTC date); the slice that a rerun replaces.");
      var names = fields.stream().map(StructField::name).collect(Collectors.toSet());
      var personal = new Personal(users, posts, texts, words, origins);
      for (var columns : List.of(users, posts, texts, words, origins)) {
        if (!names.containsAll(columns)) {
          throw new IllegalArgumentException(name + ": " + columns + " are not among " + names);
        }
      }
      if (!names.containsAll(key)) {
        throw new IllegalArgumentException(name + ": key " + key + " is not among " + names);
      }
      var fullKey = new ArrayList<>(key);
      if (!fullKey.contains(Columns.RUN_DATE)) {
        fullKey.add(Columns.RUN_DATE);
      }
      return new TableSpec(
          name,
          comment,
          List.copyOf(fullKey),
          new StructType(fields.toArray(StructField[]::new)),
          Map.copyOf(constraints),
          allRules(fullKey),
          keepsOneSlice,
          isSeenAtOnce,
          hasChangeFeed,
          personal);
    }

    private List<QualityRule> allRules(List<String> fullKey) {
      var all = new ArrayList<QualityRule>();
      all.add(new QualityRule.Unique("key_is_unique", List.copyOf(fullKey)));
      all.addAll(rules);
      return List.copyOf(all);
    }

    private Builder add(String column, DataType type, boolean nullable, String meaning) {
      var metadata = new MetadataBuilder().putString("comment", meaning).build();
      fields.add(new StructField(column, type, nullable, metadata));
      return this;
    }
  }
}
