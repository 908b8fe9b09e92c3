package io.nightfeed.lake;

/** What can be wrong with a table's files, what it means, and what may be done about it. */
public enum Damage {
  LEFTOVER(
      "left-over temporary file",
      "A process stopped while it wrote. No reader looks at the file.",
      Remedy.REMOVE),
  UNCOMMITTED_ENTRY(
      "torn last entry",
      "A process stopped while it committed, and told nobody that it had. Readers fail, or lose rows"
          + " without a word. Without the entry the table is as it was before that commit.",
      Remedy.MOVE_ASIDE),
  TORN_ENTRY(
      "torn entry",
      "A commit that was acknowledged cannot be read any more. Readers fail, or lose rows without a"
          + " word.",
      Remedy.REFUSE),
  MISSING_ENTRY(
      "missing entry",
      "A commit is gone, and no checkpoint holds what it did. The table cannot be read.",
      Remedy.REFUSE),
  LOST_HISTORY(
      "torn or missing old entry",
      "A whole checkpoint after it holds what it did: the table's rows are whole. Earlier versions"
          + " of the table cannot be read.",
      Remedy.NONE_NEEDED),
  DAMAGED_CHECKPOINT(
      "damaged checkpoint",
      "The table cannot be read, or has other rows than were published. The entries say the same"
          + " without it.",
      Remedy.MOVE_ASIDE),
  NEEDED_CHECKPOINT(
      "damaged checkpoint, alone",
      "The table cannot be read, and the entries before the checkpoint are gone.",
      Remedy.REFUSE),
  DAMAGED_HINT(
      "damaged _last_checkpoint",
      "It names no checkpoint that is there. Readers search for one, slowly, or fail.",
      Remedy.MOVE_ASIDE),
  DAMAGED_CHECKSUM(
      "damaged checksum",
      "The table's readers compare what they read with it. The entries say the same without it.",
      Remedy.MOVE_ASIDE),
  MISSING_CHECKSUM(
      "missing checksum of the last entry",
      "A process stopped right after its commit. Rows are whole; the next publish writes one again.",
      Remedy.NONE_NEEDED),
  CONTRADICTION(
      "entries and checksum or checkpoint differ",
      "When the entry was committed, the table had other files than its entries name now: an entry"
          + " lost lines, or the other file is wrong.",
      Remedy.REFUSE),
  STALE_SIDECAR(
      "checksum file of another content",
      "Hadoop refuses to read the file beside it, which is whole.",
      Remedy.MOVE_ASIDE),
  MISSING_DATA("missing data files", "Reading the slice fails.", Remedy.REFUSE),
  CUT_DATA(
      "data files of another size", "Reading the slice fails, or gives other rows.", Remedy.REFUSE);

  /** What repairing does. */
  public enum Remedy {
    /** The file goes to the folder {@code repaired}. */
    MOVE_ASIDE,
    /** The file is deleted: nobody ever looked at it. */
    REMOVE,
    /** Nothing: the rows are whole. */
    NONE_NEEDED,
    /** Nothing: only an operator can tell. */
    REFUSE
  }

  private final String title;
  private final String meaning;
  private final Remedy remedy;

  Damage(String title, String meaning, Remedy remedy) {
    this.title = title;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  public String meaning() {
    return meaning;
  }

  public Remedy remedy() {
    return remedy;
  }

  @Override
  public String toString() {
    return title;
  }
}
