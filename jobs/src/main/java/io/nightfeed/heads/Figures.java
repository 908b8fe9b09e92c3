package io.nightfeed.heads;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Figures of a measurement: printed as {@code name=value} lines at once, as JSON at the end. */
final class Figures {
  private final Map<String, Double> values = new LinkedHashMap<>();
  private final PrintWriter out;

  Figures(PrintWriter out) {
    this.out = out;
  }

  void add(String name, double value) {
    // As long as the digits mean something.
    double rounded = Math.round(value * 1e4) / 1e4;
    values.put(name, rounded);
    out.println(name + "=" + BigDecimal.valueOf(rounded).stripTrailingZeros().toPlainString());
    out.flush();
  }

  void note(String line) {
    out.println("# " + line);
    out.flush();
  }

  /**
   * @param file or null for none
   */
  void write(Path file) throws IOException {
    if (file != null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), values);
    }
  }
}
