package io.nightfeed.pages;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Pages from Mustache templates that lie beside a class. */
public final class Template {
  private Template() {}

  /**
   * Writes a page. What stands in two braces is escaped, what stands in three is not.
   *
   * @param owner the class that the template lies beside
   */
  public static String render(Class<?> owner, String template, Map<String, Object> content) {
    return Mustache.compiler()
        .emptyStringIsFalse(true)
        .compile(resource(owner, template))
        .execute(content);
  }

  /** The style sheet of all pages. */
  public static String style() {
    return resource(Template.class, "page.css");
  }

  /** A text in the jar, beside the class or, with a slash first, anywhere. */
  public static String resource(Class<?> owner, String name) {
    try (InputStream content = owner.getResourceAsStream(name)) {
      if (content == null) {
        throw new IllegalStateException(name + " is missing in the jar: build it again");
      }
      return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name + " from the jar", e);
    }
  }
}
