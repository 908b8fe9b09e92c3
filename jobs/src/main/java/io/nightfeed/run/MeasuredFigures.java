package io.nightfeed.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Figures of a measurement: printed as {@code name=value} lines, four significant digits each, and
 * kept in a JSON file. Both at once: what was measured outlives a run that is stopped.
 */
public final class MeasuredFigures {
  private static final MathContext DIGITS = new MathContext(4);

  private final Map<String, Double> values = new LinkedHashMap<>();
  private final PrintWriter out;
  private final Path json;

  /**
   * @param json where the figures go
   */
  public MeasuredFigures(PrintWriter out, Path json) {
    this.out = out;
    this.json = json;
  }

  /** Adds a figure that is a number. */
  public void add(String name, double value) {
    values.put(name, value);
    out.println(name + "=" + shown(value));
    out.flush();
    write();
  }

  /** Figures for the file alone; those that are not finite are left out. */
  public void keep(Map<String, Double> figures) {
    figures.forEach(
        (name, value) -> {
          if (Double.isFinite(value)) {
            values.put(name, value);
          }
        });
    write();
  }

  /** Writes a page about the figures, of the same name as their file, and says where it is. */
  public void page(String html) {
    var name = json.getFileName().toString().replaceFirst("\\.json$", "") + ".html";
    var page = json.resolveSibling(name);
    try {
      Files.writeString(page, html);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the page to " + page, e);
    }
    note("The page of these figures: " + page);
  }

  private void write() {
    try {
      Files.createDirectories(json.toAbsolutePath().getParent());
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValue(json.toFile(), values);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the figures to " + json, e);
    }
  }

  /** A figure that was added. */
  public double get(String name) {
    return values.get(name);
  }

  /** A line for the reader, which is no figure. */
  public void note(String line) {
    out.println("# " + line);
    out.flush();
  }

  /** Whole numbers stay whole. */
  private static String shown(double value) {
    if (!Double.isFinite(value)) {
      return String.valueOf(value);
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString();
  }
}
