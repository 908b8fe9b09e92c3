package io.nightfeed.reply;

import io.nightfeed.run.ExitCode;
import io.nightfeed.run.MeasuredFigures;
import io.nightfeed.run.Sessions;
import io.nightfeed.run.SettingsOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how well replies and templates are found, on published dialogues and questions. */
@Command(
    name = "evaluate-replies",
    mixinStandardHelpOptions = true,
    description = {
      "xdailydialog: the right reply among 100, for the last reply of every dialogue (the others are last",
      "replies of 99 others, drawn by hash), and for any turn. dailydialogpp: whether replies that fit",
      "their context are told from random ones and from ones made to share its words. banking77: the",
      "template of a question, by 10 examples of each intent. Beside each: TF-IDF and Lucene's BM25.",
      "Nothing is chosen on dev parts; intervals are 95%%, by the bootstrap over cases."
    },
    footer = {"", "Example:", "  nightfeed evaluate-replies --data DIR/dialogue"})
public final class EvaluateRepliesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private SettingsOptions options;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Folder with xdailydialog, dailydialogpp and banking77.")
  private Path data;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = "target/embedded-corpora",
      description = "Where embeddings of the corpora are kept (default ${DEFAULT-VALUE}).")
  private Path work;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      defaultValue = "target/bench/replies.json",
      description = "Where the figures go (default ${DEFAULT-VALUE}).")
  private Path json;

  @Override
  public Integer call() {
    var settings = options.settings();
    var corpora = new DialogueCorpora(data);
    var spark = Sessions.open("nightfeed evaluate-replies");
    var figures = new MeasuredFigures(spec.commandLine().getOut(), json);
    var reader = new ReadTexts(spark, settings, work);
    var dialogues = new DialogueEvaluation(settings, reader, figures);
    for (var language : List.of("en", "zh")) {
      dialogues.recalls(language, corpora.xdailydialog(language));
    }
    dialogues.rejections(corpora.dailydialogpp());
    new TemplateEvaluation(settings, reader, figures).run(corpora.banking77(spark));
    return ExitCode.OK.status();
  }
}
