package io.nightfeed.raw;

/** What to do when the raw folder already holds records. */
public enum ExistingRecords {
  /** Stop: two platforms in one folder would be taken for one. */
  KEEP,
  /** Delete the files that an earlier command of ours wrote there, and nothing else. */
  REPLACE
}
