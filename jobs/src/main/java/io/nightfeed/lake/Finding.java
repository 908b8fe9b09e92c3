package io.nightfeed.lake;

import io.nightfeed.tables.TableSpec;
import java.nio.file.Path;

/**
 * Something wrong with a table.
 *
 * @param file the file, or the first of several
 * @param detail what was found, and, where it is not mended, what to do
 */
public record Finding(TableSpec table, Damage damage, Path file, String detail) {}
