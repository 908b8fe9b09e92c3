package io.nightfeed.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.nightfeed.SparkTest;
import io.nightfeed.lake.CrashTable.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that publish are killed, each at a random moment of a publish; what they leave stays
 * for the next. {@code -Dcrash.kills} says how many: each costs a process of its own.
 */
class KilledPublishIT {
  private static final int KILLS = Integer.getInteger("crash.kills", 25);
  private static final int AT_ONCE = 2;
  private static final long SEED = 20250602;

  @TempDir private Path folder;

  @Test
  void processKilledAtAnyMoment_leavesEverySliceWholeAndNothingAcknowledgedIsLost()
      throws Exception {
    var pool = Executors.newFixedThreadPool(AT_ONCE);
    var states = new EnumMap<State, Integer>(State.class);
    try {
      var chains = new ArrayList<Callable<Chain>>();
      for (var number = 0; number < AT_ONCE; number++) {
        var chain = new Chain(folder.resolve("lake-" + number), new Random(SEED + number));
        var kills = (KILLS + number) / AT_ONCE;
        chains.add(() -> chain.kill(kills));
      }
      for (var chain : pool.invokeAll(chains)) {
        chain.get().states.forEach((state, count) -> states.merge(state, count, Integer::sum));
      }
    } finally {
      pool.shutdown();
    }
    System.out.printf(
        "crash.kills=%d%ncrash.torn=%d%ncrash.lost=%d%ncrash.doubled=%d%n",
        KILLS,
        states.getOrDefault(State.TORN, 0),
        states.getOrDefault(State.LOST, 0),
        states.getOrDefault(State.DOUBLED, 0));
    assertThat(states.keySet()).containsExactly(State.WHOLE);
  }

  @Test
  void processHaltedBetweenTwoChanges_leavesTheOldSliceOrTheNew() throws Exception {
    for (var changes : List.of(5, 25, 45, 65)) {
      var chain = new Chain(folder.resolve("halted-" + changes), new Random(changes));
      var halted = new PublishingProcess(chain.lake, 1, folder.resolve("halted.log"), changes);
      assertThat(halted.awaitEnd()).isEqualTo(137);
      chain.judge(halted);
      assertThat(chain.states.keySet()).as("after " + changes).containsExactly(State.WHOLE);
    }
  }

  /** One lake, and what is known of it from one kill to the next. */
  private static final class Chain {
    private final Path lake;
    private final Random random;
    private final Map<LocalDate, Collection<Integer>> allowed = new TreeMap<>();
    private final Map<State, Integer> states = new EnumMap<>(State.class);
    private int nextAttempt = 1;

    Chain(Path lake, Random random) {
      this.lake = lake;
      this.random = random;
    }

    Chain kill(int kills) throws Exception {
      for (var kill = 0; kill < kills; kill++) {
        Files.createDirectories(lake);
        var process =
            new PublishingProcess(lake, nextAttempt, lake.resolveSibling("killed.log"), -1);
        process.killDuring(nextAttempt + 1 + random.nextInt(3), random.nextDouble());
        judge(process);
      }
      return this;
    }

    /** Compares every slice with what may be there, and publishes the next one. */
    private void judge(PublishingProcess process) {
      for (var attempt : process.published()) {
        allowed.put(CrashTable.night(attempt), List.of(attempt));
      }
      var pending = process.started();
      if (!process.published().contains(pending)) {
        allowed
            .compute(
                CrashTable.night(pending),
                (night, old) -> new HashSet<>(old == null ? List.of(0) : old))
            .add(pending);
      }
      count();
      nextAttempt = pending + 1;
      CrashTable.publish(SparkTest.spark(), lake, nextAttempt);
      allowed.put(CrashTable.night(nextAttempt), List.of(nextAttempt));
      count();
      nextAttempt++;
    }

    private void count() {
      CrashTable.read(lake, allowed)
          .forEach(
              (night, slice) -> {
                states.merge(slice.state(), 1, Integer::sum);
                allowed.put(night, List.of(slice.attempt()));
              });
    }
  }
}
