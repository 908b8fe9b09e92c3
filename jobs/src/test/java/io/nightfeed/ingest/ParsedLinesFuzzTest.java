package io.nightfeed.ingest;

import static io.nightfeed.ingest.TestRecords.bytes;
import static io.nightfeed.ingest.TestRecords.event;
import static io.nightfeed.ingest.TestRecords.format;
import static io.nightfeed.ingest.TestRecords.json;
import static io.nightfeed.ingest.TestRecords.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.ingest.RecordFormat.Source;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever comes in one line, it becomes one row: a record, or a refusal with the line's bytes. */
class ParsedLinesFuzzTest {
  private static final int REASON = 4;
  private static final int RAW = 6;
  private static final int PLACE = 7;

  /** A change of a line at a place, given as a share of its length. */
  private record Mutation(double place, byte value, Kind kind) {
    enum Kind {
      REPLACE,
      INSERT,
      DELETE,
      CUT,
      REPEAT
    }

    byte[] apply(byte[] line) {
      var at = (int) (place * line.length);
      var rest = Arrays.copyOfRange(line, Math.min(line.length, at + 1), line.length);
      var out = new ByteArrayOutputStream();
      out.write(line, 0, at);
      switch (kind) {
        case REPLACE -> {
          out.write(value);
          out.writeBytes(rest);
        }
        case INSERT -> {
          out.write(value);
          out.write(line, at, line.length - at);
        }
        case DELETE -> out.writeBytes(rest);
        case CUT -> {
          // Nothing of the rest.
        }
        case REPEAT -> {
          out.write(line, at, line.length - at);
          out.write(line, at, line.length - at);
        }
      }
      return out.toByteArray();
    }
  }

  @Property(tries = 5000)
  void mutatedEvent_becomesOneRow(@ForAll("mutations") List<Mutation> mutations) {
    check(mutate(bytes(json(event("e1"))), mutations), Source.EVENTS);
  }

  @Property(tries = 2000)
  void mutatedPost_becomesOneRow(@ForAll("mutations") List<Mutation> mutations) {
    check(mutate(bytes(json(post("p1"))), mutations), Source.POSTS);
  }

  @Property(tries = 2000)
  void anyBytes_becomeOneRow(@ForAll byte[] line) {
    check(line, Source.EVENTS);
  }

  private static byte[] mutate(byte[] line, List<Mutation> mutations) {
    var mutated = line;
    for (var mutation : mutations) {
      mutated = mutation.apply(mutated);
    }
    return mutated;
  }

  private static void check(byte[] line, Source source) {
    var format = format(source);
    var row = ParsedLines.parse(new RawLine("part", 0, 1, line.length, line.clone(), null), format);
    assertThat(row.length()).isEqualTo(PLACE + format.schema().size());
    if (row.isNullAt(REASON)) {
      for (var i = 0; i < format.schema().size(); i++) {
        if (!format.schema().apply(i).nullable()) {
          assertThat(row.get(PLACE + i)).as(format.schema().apply(i).name()).isNotNull();
        }
      }
    } else {
      assertThat((byte[]) row.get(RAW)).isEqualTo(line);
    }
  }

  @Provide
  static Arbitrary<List<Mutation>> mutations() {
    var significant = Arbitraries.chars().with("\"\\{},:[0 \u0000").map(c -> (byte) c.charValue());
    var bytes = Arbitraries.oneOf(significant, Arbitraries.bytes());
    return Combinators.combine(
            Arbitraries.doubles().between(0, 0.99), bytes, Arbitraries.of(Mutation.Kind.class))
        .as(Mutation::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }
}
