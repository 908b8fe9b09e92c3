package io.nightfeed.interest;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows of one block of items, for the item side of the factorisation. Arrays run in parallel.
 *
 * @param block the block: item modulo number of blocks
 * @param items the post
 * @param userBlocks block of the user
 * @param users place of the user in that block
 * @param weights of the rows
 * @param weightedTargets weights times targets
 */
record ItemLinks(
    int block,
    int[] items,
    int[] userBlocks,
    int[] users,
    double[] weights,
    double[] weightedTargets)
    implements Serializable {

  /** What a row of a history weighs; one that weighs nothing is left out. */
  interface Weights extends Serializable {
    /** What a user's rows have in common. */
    double activity(UserHistory history);

    double weight(UserHistory history, int row, double activity);

    /** Weight times target. */
    double weightedTarget(UserHistory history, int row);
  }

  int size() {
    return items.length;
  }

  int[] distinctItems() {
    return Arrays.stream(items).distinct().toArray();
  }

  /** The rows of one block of users, dealt out to the blocks of items. */
  static Iterator<ItemLinks> split(
      int userBlock, List<UserHistory> histories, int blocks, Weights weights) {
    var sizes = new int[blocks];
    for (var history : histories) {
      double activity = weights.activity(history);
      for (int row = 0; row < history.size(); row++) {
        if (weights.weight(history, row, activity) > 0) {
          sizes[history.items()[row] % blocks]++;
        }
      }
    }
    var parts =
        IntStream.range(0, blocks)
            .mapToObj(block -> sized(block, sizes[block]))
            .toArray(ItemLinks[]::new);
    var filled = new int[blocks];
    for (int user = 0; user < histories.size(); user++) {
      var history = histories.get(user);
      double activity = weights.activity(history);
      for (int row = 0; row < history.size(); row++) {
        double weight = weights.weight(history, row, activity);
        if (weight <= 0) {
          continue;
        }
        int item = history.items()[row];
        var part = parts[item % blocks];
        int at = filled[item % blocks]++;
        part.items[at] = item;
        part.userBlocks[at] = userBlock;
        part.users[at] = user;
        part.weights[at] = weight;
        part.weightedTargets[at] = weights.weightedTarget(history, row);
      }
    }
    return Arrays.stream(parts).iterator();
  }

  /** The parts of one block of items together, sorted by item, user block and user. */
  static ItemLinks merge(Iterator<ItemLinks> parts) {
    var list = new ArrayList<ItemLinks>();
    parts.forEachRemaining(list::add);
    list.sort(Comparator.comparingInt(part -> part.size() == 0 ? -1 : part.userBlocks[0]));
    int size = list.stream().mapToInt(ItemLinks::size).sum();
    var keys = new long[size];
    var all = sized(list.isEmpty() ? 0 : list.get(0).block, size);
    int at = 0;
    for (var part : list) {
      for (int i = 0; i < part.size(); i++, at++) {
        keys[at] = (long) part.items[i] << 32 | at;
        part.copy(i, all, at);
      }
    }
    Arrays.sort(keys);
    var sorted = sized(all.block, size);
    for (int i = 0; i < size; i++) {
      all.copy((int) keys[i], sorted, i);
    }
    return sorted;
  }

  private static ItemLinks sized(int block, int size) {
    return new ItemLinks(
        block, new int[size], new int[size], new int[size], new double[size], new double[size]);
  }

  private void copy(int from, ItemLinks target, int to) {
    target.items[to] = items[from];
    target.userBlocks[to] = userBlocks[from];
    target.users[to] = users[from];
    target.weights[to] = weights[from];
    target.weightedTargets[to] = weightedTargets[from];
  }
}
