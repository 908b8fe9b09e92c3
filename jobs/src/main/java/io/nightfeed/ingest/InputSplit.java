package io.nightfeed.ingest;

import java.io.Serializable;

/**
 * A part of an input file that one task reads: the lines that start in [start, end).
 *
 * @param path the whole path
 * @param name of the file below its landing folder
 */
record InputSplit(String path, String name, long start, long end, Format format)
    implements Serializable {
  enum Format {
    PLAIN,
    GZIP,
    UNEXPECTED
  }
}
