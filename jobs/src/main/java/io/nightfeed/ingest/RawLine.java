package io.nightfeed.ingest;

/**
 * One line of an input file, or what stands for the unreadable rest of one.
 *
 * @param file name of the file below its landing folder
 * @param offset where the line starts, in bytes of the uncompressed file
 * @param number of the line, from 1; 0 when unknown
 * @param length in bytes, without the line break
 * @param bytes the line, or its beginning when it is too long
 * @param refusal why it cannot be parsed, or null
 */
record RawLine(String file, long offset, long number, long length, byte[] bytes, Refusal refusal) {}
