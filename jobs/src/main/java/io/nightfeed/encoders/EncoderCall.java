package io.nightfeed.encoders;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;

/**
 * Calls of a sentence encoder of BERT's architecture.
 *
 * @param pooling {@link UnpaddedEmbeddings#MEAN} or {@link UnpaddedEmbeddings#FIRST}
 */
record EncoderCall(OrtEnvironment environment, OrtSession session, String pooling) {
  private static final String TOKEN_VECTORS = "last_hidden_state";
  private static final String TOKEN_IDS = "input_ids";
  private static final String ATTENTION_MASK = "attention_mask";
  private static final String TOKEN_TYPES = "token_type_ids";

  /** Against division by zero. */
  private static final double SMALLEST_LENGTH = 1e-12;

  /**
   * The texts' vectors, of unit length.
   *
   * @param texts token ids of each, equally many
   * @throws IllegalStateException when ONNX Runtime cannot run the model
   */
  float[][] vectors(List<long[]> texts) {
    return run(
        texts,
        hidden ->
            pooled(
                hidden.getFloatBuffer().array(),
                texts.size(),
                // Of a model with the first token alone one.
                (int) hidden.getInfo().getShape()[1]));
  }

  /**
   * One call of the model.
   *
   * @param texts token ids of each, equally many
   * @param read takes what is wanted out of the tokens' vectors, which are gone afterwards
   * @throws IllegalStateException when ONNX Runtime cannot run the model
   */
  <T> T run(List<long[]> texts, Function<OnnxTensor, T> read) {
    return outputs(
        texts,
        outputs ->
            read.apply(
                (OnnxTensor)
                    outputs
                        .get(TOKEN_VECTORS)
                        .orElseThrow(
                            () ->
                                new IllegalStateException(
                                    "The encoder has no output "
                                        + TOKEN_VECTORS
                                        + ", which sentence encoders have, but "
                                        + session.getOutputNames()))));
  }

  /** One call of the model, with all that it gives. */
  <T> T outputs(List<long[]> texts, Function<OrtSession.Result, T> read) {
    int tokens = texts.get(0).length;
    var shape = new long[] {texts.size(), tokens};
    var ids = LongBuffer.allocate(texts.size() * tokens);
    texts.forEach(ids::put);
    var mask = new long[texts.size() * tokens];
    Arrays.fill(mask, 1);
    try (var idTensor = OnnxTensor.createTensor(environment, ids.rewind(), shape);
        var maskTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
        var typeTensor =
            OnnxTensor.createTensor(environment, LongBuffer.allocate(mask.length), shape)) {
      var inputs = new HashMap<String, OnnxTensor>();
      inputs.put(TOKEN_IDS, idTensor);
      inputs.put(ATTENTION_MASK, maskTensor);
      inputs.put(TOKEN_TYPES, typeTensor);
      inputs.keySet().retainAll(session.getInputNames());
      try (var outputs = session.run(inputs)) {
        return read.apply(outputs);
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot run the encoder", e);
    }
  }

  private float[][] pooled(float[] hidden, int texts, int tokens) {
    int dimension = hidden.length / (texts * tokens);
    int pooledTokens = pooling.equals(UnpaddedEmbeddings.MEAN) ? tokens : 1;
    var vectors = new float[texts][dimension];
    for (int text = 0; text < texts; text++) {
      var vector = vectors[text];
      for (int token = 0; token < pooledTokens; token++) {
        int offset = (text * tokens + token) * dimension;
        for (int j = 0; j < dimension; j++) {
          vector[j] += hidden[offset + j];
        }
      }
      normalize(vector);
    }
    return vectors;
  }

  private static void normalize(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    double length = Math.max(Math.sqrt(squares), SMALLEST_LENGTH);
    for (int j = 0; j < vector.length; j++) {
      vector[j] = (float) (vector[j] / length);
    }
  }
}
