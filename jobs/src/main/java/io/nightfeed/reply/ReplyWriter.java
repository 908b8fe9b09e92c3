package io.nightfeed.reply;

import io.nightfeed.chat.ChatAnswer;
import io.nightfeed.chat.ChatClient;
import io.nightfeed.chat.ChatSpending;
import io.nightfeed.chat.CitedText;
import io.nightfeed.reply.TextReadings.Text;
import io.nightfeed.run.JobContext;
import io.nightfeed.safety.BlockReason;
import io.nightfeed.safety.Grounding;
import io.nightfeed.safety.TextCheck;
import io.nightfeed.tables.Columns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Has a language model put what sources say into replies, several at a time, and keeps of each what
 * may be shown: all that a reply says must be in the sources that it names.
 *
 * @param readings how offensive replies are
 */
record ReplyWriter(
    JobContext context,
    Conditions conditions,
    ChatClient client,
    TextReadings readings,
    TextCheck check) {
  private static final String MALFORMED = "malformed";

  /** Why an answer that was had and paid for is not used. */
  static final Set<String> REFUSALS =
      Stream.concat(Stream.of(MALFORMED), BlockReason.labels().stream())
          .collect(Collectors.toUnmodifiableSet());

  /**
   * What came of a task.
   *
   * @param reply null where there is none that may be shown
   * @param cause why there is none; null where there is one
   * @param blocked reasons against showing what was written; empty where nothing was, or none is
   */
  record Line(
      ReplyTask task, Reply reply, String cause, List<BlockReason> blocked, ChatSpending spent) {
    private static Line failed(ReplyTask task, String cause, ChatSpending spent) {
      return new Line(task, null, cause, List.of(), spent);
    }

    private Line without(List<BlockReason> reasons) {
      return new Line(task, null, reasons.get(0).label(), reasons, spent);
    }

    private Text text() {
      return new Text(reply.text(), task.asked().language());
    }
  }

  /** Asks for all, and answers in their order. */
  List<Line> write(List<ReplyTask> tasks) {
    var questions =
        tasks.stream().map(task -> ReplyPrompt.question(task, conditions.maxCharacters())).toList();
    var answers = client.askAll(questions);
    var lines = new ArrayList<Line>();
    for (int i = 0; i < tasks.size(); i++) {
      lines.add(grounded(tasks.get(i), answers.get(i)));
    }
    var toxicity = toxicity(lines);
    return lines.stream().map(line -> checked(line, toxicity)).toList();
  }

  private static Line grounded(ReplyTask task, ChatAnswer answer) {
    if (answer.content() == null) {
      return Line.failed(task, answer.failure(), answer.spent());
    }
    var written = CitedText.read(answer.content(), task.sourceIds());
    if (written.isEmpty()) {
      return Line.failed(task, MALFORMED, answer.spent());
    }
    var text = written.get().text();
    var named = task.named(written.get().sourceIds());
    var line = new Line(task, Reply.of(text, named), null, List.of(), answer.spent());
    var isGrounded = Grounding.in(named.stream().map(Quote::text).toList()).missing(text).isEmpty();
    return isGrounded ? line : line.without(List.of(BlockReason.UNGROUNDED));
  }

  private Line checked(Line line, Map<Text, Float> toxicity) {
    if (line.reply() == null) {
      return line;
    }
    var text = line.text();
    var reasons =
        check.ofOutput(
            text.text(), toxicity.get(text), text.language(), conditions.maxCharacters());
    return reasons.isEmpty() ? line : line.without(reasons);
  }

  private Map<Text, Float> toxicity(List<Line> lines) {
    var settings = context.settings();
    var texts =
        lines.stream()
            .filter(line -> line.reply() != null)
            .map(Line::text)
            .filter(text -> !text.text().isBlank())
            .collect(Collectors.groupingBy(text -> settings.encoderOf(text.language())));
    var toxicity = new HashMap<Text, Float>();
    texts.forEach(
        (encoder, mine) ->
            readings
                .read(context, encoder, new TreeSet<>(mine))
                .forEach((text, row) -> toxicity.put(text, row.getAs(Columns.TOXICITY))));
    return toxicity;
  }
}
