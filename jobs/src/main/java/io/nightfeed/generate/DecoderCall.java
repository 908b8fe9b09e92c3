package io.nightfeed.generate;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Set;
import java.util.stream.LongStream;

/** Calls of a language model that tells from tokens what comes next. */
record DecoderCall(OrtEnvironment environment, OrtSession session) {
  private static final String TOKEN_IDS = "input_ids";
  private static final String ATTENTION_MASK = "attention_mask";
  private static final String POSITIONS = "position_ids";
  private static final String LOGITS = "logits";

  /**
   * The likeliest next token; of equally likely ones that of the smallest id.
   *
   * @param ids of all tokens so far
   * @throws IllegalStateException when ONNX Runtime cannot run the model
   */
  long next(long[] ids) {
    var ones = new long[ids.length];
    Arrays.fill(ones, 1);
    try (var idTensor = row(ids);
        var maskTensor = row(ones);
        var positionTensor = row(LongStream.range(0, ids.length).toArray())) {
      var inputs = new HashMap<String, OnnxTensor>();
      inputs.put(TOKEN_IDS, idTensor);
      inputs.put(ATTENTION_MASK, maskTensor);
      inputs.put(POSITIONS, positionTensor);
      inputs.keySet().retainAll(session.getInputNames());
      try (var outputs = session.run(inputs, Set.of(LOGITS))) {
        return likeliest((OnnxTensor) outputs.get(0));
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime cannot run the language model", e);
    }
  }

  private OnnxTensor row(long[] values) throws OrtException {
    return OnnxTensor.createTensor(
        environment, LongBuffer.wrap(values), new long[] {1, values.length});
  }

  /** After the last token. */
  private static long likeliest(OnnxTensor logits) {
    int vocabulary = (int) logits.getInfo().getShape()[2];
    var all = logits.getFloatBuffer();
    int last = all.capacity() - vocabulary;
    int best = 0;
    for (int i = 1; i < vocabulary; i++) {
      if (all.get(last + i) > all.get(last + best)) {
        best = i;
      }
    }
    return best;
  }
}
