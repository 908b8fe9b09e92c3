package io.nightfeed.udfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import scala.collection.JavaConverters;
import scala.collection.Seq;

class TextHeadsTest {
  private static TextHeads.Head head(float[][] weights, byte[] features) {
    return new TextHeads.Head(
        "mood", weights, features, new double[] {0.1, 0.1}, new double[] {0.5, 0});
  }

  private static Seq<Float> embedding(Float... values) {
    return JavaConverters.asScalaBuffer(List.of(values)).toSeq();
  }

  @Test
  void probabilities_areTheSoftmaxOfBothReadersScores() {
    var features = new byte[2 * TextFeatures.BUCKETS];
    int bucket = TextFeatures.buckets("!")[0];
    features[2 * bucket + 1] = 30;
    var heads = new TextHeads(List.of(head(new float[][] {{1, 0}, {0, 2}}, features)));

    var read = (float[]) heads.call(embedding(0.25f, 0.5f), "!").get(0);

    // Scores 0.5 + 0.25, and 2 * 0.5 + 30 * 0.1.
    double odds = Math.exp(0.75 - 4.0);
    assertThat(read[0]).isCloseTo((float) (odds / (1 + odds)), within(1e-6f));
    assertThat(read[0] + read[1]).isCloseTo(1, within(1e-6f));
  }

  @Test
  void hugeScores_doNotOverflow() {
    var heads =
        new TextHeads(
            List.of(head(new float[][] {{1e30f}, {-1e30f}}, new byte[2 * TextFeatures.BUCKETS])));
    assertThat((float[]) heads.call(embedding(1f), "").get(0)).containsExactly(1, 0);
  }

  @Test
  void missingEmbedding_isNotRead() {
    var heads = new TextHeads(List.of(head(new float[2][1], new byte[2 * TextFeatures.BUCKETS])));
    assertThat(heads.call(null, "text")).isNull();
  }

  @Test
  void otherDimension_isRefused() {
    var heads = new TextHeads(List.of(head(new float[2][3], new byte[2 * TextFeatures.BUCKETS])));
    assertThatThrownBy(() -> heads.call(embedding(1f), ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dimension 1")
        .hasMessageContaining("trained for 3");
  }

  @Test
  void partsThatDoNotFit_areRefused() {
    assertThatThrownBy(() -> head(new float[2][3], new byte[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("do not fit");
  }
}
