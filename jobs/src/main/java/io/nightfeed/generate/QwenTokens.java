package io.nightfeed.generate;

import com.johnsnowlabs.nlp.annotators.common.IndexedToken;
import com.johnsnowlabs.nlp.annotators.common.TokenPiece;
import com.johnsnowlabs.nlp.annotators.tokenizer.bpe.Gpt2Tokenizer;
import com.johnsnowlabs.nlp.annotators.tokenizer.bpe.SpecialTokens;
import java.text.Normalizer;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.immutable.Map;
import scala.util.matching.Regex;

/**
 * Texts as the token ids that models of Qwen's form were trained with. Spark NLP's own tokens are
 * others: it splits as GPT-2 does, puts a space before every sign that follows a word, and drops a
 * control token at the end of a prompt.
 */
final class QwenTokens extends Gpt2Tokenizer {
  private static final Pattern CONTROL = Pattern.compile("<\\|(?:im_start|im_end|endoftext)\\|>");

  /** How Qwen2 splits texts before byte pairs are merged. */
  private static final Regex PIECES =
      new Regex(
          "(?U)(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
              + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
          JavaConverters.asScalaBuffer(List.<String>of()).toSeq());

  /** Anything but the start of a document, where Spark NLP has rules of its own. */
  private static final int INSIDE = 1;

  QwenTokens(Map<Tuple2<String, String>, Object> merges, Map<String, Object> vocabulary) {
    super(
        merges,
        vocabulary,
        SpecialTokens.getSpecialTokensForModel("qwen", vocabulary),
        false,
        "\u0120",
        false,
        false);
  }

  @Override
  public Regex splitPattern() {
    return PIECES;
  }

  /** The ids of a prompt; control tokens in it are such. */
  long[] ids(String prompt) {
    var ids = LongStream.builder();
    var controls = CONTROL.matcher(prompt);
    int from = 0;
    while (controls.find()) {
      addText(prompt.substring(from, controls.start()), ids);
      ids.add((Integer) vocab().apply(controls.group()));
      from = controls.end();
    }
    addText(prompt.substring(from), ids);
    return ids.build().toArray();
  }

  private void addText(String text, LongStream.Builder ids) {
    var composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    for (IndexedToken token : tokenizeSubText(composed, INSIDE)) {
      for (TokenPiece piece : bpe(token)) {
        ids.add(piece.pieceId());
      }
    }
  }
}
