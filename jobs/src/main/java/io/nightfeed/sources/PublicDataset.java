package io.nightfeed.sources;

import io.nightfeed.run.JobFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** The public data sets that can be imported. */
public enum PublicDataset {
  WEIBO_THREADS(
      "The data set's authors state no licence (Song et al. 2018, arXiv:1811.04175): keep the copy"
          + " to yourself and cite the paper.") {
    @Override
    public Dataset read(Path folder) throws IOException {
      return WeiboThreads.read(folder);
    }
  },
  MOVIELENS(
      "GroupLens allows research, not commercial use, and no redistribution without permission;"
          + " see README.txt of the data set and cite Harper and Konstan 2015.") {
    @Override
    public Dataset read(Path folder) throws IOException {
      return MovieLens.read(folder);
    }
  },
  DESKDROP("Believed to be under the Open Database License (ODbL) of CI&T: check your copy.") {
    @Override
    public Dataset read(Path folder) throws IOException {
      return Deskdrop.read(folder);
    }
  };

  private final String licence;

  PublicDataset(String licence) {
    this.licence = licence;
  }

  /**
   * Reads the unpacked data set.
   *
   * @throws JobFailure when a file is missing or malformed
   */
  public abstract Dataset read(Path folder) throws IOException;

  /** What the user may do with the copy, in one sentence. */
  public String licence() {
    return licence;
  }

  /** The name on the command line: {@code weibo-threads}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
