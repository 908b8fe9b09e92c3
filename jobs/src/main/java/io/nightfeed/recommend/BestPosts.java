package io.nightfeed.recommend;

import static io.nightfeed.tables.Columns.*;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.nightfeed.interest.Floats;
import io.nightfeed.recommend.TopN.Scored;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.StructType;

/**
 * A user's best posts with all that a list of them is made of, so that nobody need hold the other
 * posts any more.
 *
 * @param best best first, by the numbers of {@link PostBlock}
 * @param facts of each, in that order; so are vectors
 */
record BestPosts(List<Scored> best, PostFacts facts, VectorBlock vectors) {
  static final BestPosts NONE =
      new BestPosts(
          List.of(),
          new PostFacts(new String[0], new String[0], new float[0][], new double[0]),
          VectorBlock.of());

  private static final ArrayType FLOATS = createArrayType(FloatType, false);

  /** Type of the column that carries them from block to block. */
  static final ArrayType TYPE =
      createArrayType(
          new StructType()
              .add(CANDIDATE, IntegerType, false)
              .add(BEHAVIOUR, DoubleType, false)
              .add(EMOTION, DoubleType, false)
              .add(POST_ID, StringType, false)
              .add(AUTHOR_ID, StringType, true)
              .add(AGE_DAYS, DoubleType, false)
              .add(CONTENT_EMOTIONS, FLOATS, false)
              .add(VECTOR, FLOATS, false),
          false);

  /** What a user brings from the blocks before. */
  static BestPosts carriedBy(Row user) {
    if (!Arrays.asList(user.schema().fieldNames()).contains(BEST)) {
      return NONE;
    }
    var rows = user.<Row>getList(user.fieldIndex(BEST));
    return new BestPosts(
        rows.stream()
            .map(
                post ->
                    new Scored(
                        post.<Integer>getAs(CANDIDATE),
                        post.<Double>getAs(BEHAVIOUR),
                        post.<Double>getAs(EMOTION)))
            .toList(),
        new PostFacts(
            rows.stream().map(post -> post.<String>getAs(POST_ID)).toArray(String[]::new),
            rows.stream().map(post -> post.<String>getAs(AUTHOR_ID)).toArray(String[]::new),
            rows.stream().map(post -> Floats.of(post, CONTENT_EMOTIONS)).toArray(float[][]::new),
            rows.stream().mapToDouble(post -> post.<Double>getAs(AGE_DAYS)).toArray()),
        VectorBlock.of(rows.stream().map(post -> Floats.of(post, VECTOR)).toArray(float[][]::new)));
  }

  /**
   * The best of these and a block's.
   *
   * @param both which, best first
   */
  BestPosts with(List<Scored> both, PostBlock block) {
    var carried = new HashMap<Integer, Integer>();
    for (int i = 0; i < best.size(); i++) {
      carried.put(best.get(i).candidate(), i);
    }
    int width = block.candidates().vectors().width();
    var values = new float[both.size() * width];
    var postIds = new String[both.size()];
    var authors = new String[both.size()];
    var readings = new float[both.size()][];
    var ages = new double[both.size()];
    for (int i = 0; i < both.size(); i++) {
      int number = both.get(i).candidate();
      boolean isNew = block.holds(number);
      int index = isNew ? number - block.from() : carried.get(number);
      var source = isNew ? block.facts() : facts;
      var sourceVectors = isNew ? block.candidates().vectors() : vectors;
      postIds[i] = source.postIds()[index];
      authors[i] = source.authors()[index];
      readings[i] = source.readings()[index];
      ages[i] = source.ages()[index];
      System.arraycopy(sourceVectors.values(), index * width, values, i * width, width);
    }
    return new BestPosts(
        both,
        new PostFacts(postIds, authors, readings, ages),
        new VectorBlock(values, both.size(), width));
  }

  /** Best first, by their indexes among the facts. */
  List<Scored> ranked() {
    return IntStream.range(0, best.size())
        .mapToObj(i -> new Scored(i, best.get(i).behaviour(), best.get(i).emotion()))
        .toList();
  }

  /** Of {@link #TYPE}. */
  Row[] rows() {
    int width = vectors.width();
    return IntStream.range(0, best.size())
        .mapToObj(
            i ->
                RowFactory.create(
                    best.get(i).candidate(),
                    best.get(i).behaviour(),
                    best.get(i).emotion(),
                    facts.postIds()[i],
                    facts.authors()[i],
                    facts.ages()[i],
                    facts.readings()[i],
                    Arrays.copyOfRange(vectors.values(), i * width, (i + 1) * width)))
        .toArray(Row[]::new);
  }
}
