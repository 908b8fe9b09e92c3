package io.nightfeed;

import io.nightfeed.annotate.ModelsCommand;
import io.nightfeed.annotate.TrainAnnotatorsCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code nightfeed} command: a list of subcommands, no logic. */
@Command(
    name = "nightfeed",
    mixinStandardHelpOptions = true,
    subcommands = {ModelsCommand.class, TrainAnnotatorsCommand.class})
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
