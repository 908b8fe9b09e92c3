package io.nightfeed.reply;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A reply that a language model is asked for.
 *
 * @param contentKey which rows it is for
 * @param thread what was said before the comment and may be read, oldest first
 * @param quotes what the reply may be made of, the first being most like the comment
 */
record ReplyTask(String contentKey, Asked asked, List<String> thread, List<Quote> quotes) {

  /** What sources are called; the platform's own names for them are nobody's business. */
  List<String> sourceIds() {
    return IntStream.rangeClosed(1, quotes.size()).mapToObj(String::valueOf).toList();
  }

  /** The sources that a reply names, in their order. */
  List<Quote> named(List<String> ids) {
    var names = sourceIds();
    return IntStream.range(0, quotes.size())
        .filter(i -> ids.contains(names.get(i)))
        .mapToObj(quotes::get)
        .toList();
  }
}
