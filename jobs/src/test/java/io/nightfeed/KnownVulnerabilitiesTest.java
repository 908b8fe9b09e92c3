package io.nightfeed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The reviewed list names jars that are there, so that it is looked at when they change. */
class KnownVulnerabilitiesTest {
  private static final Path LIST = Path.of("KNOWN-VULNERABILITIES.md");

  @Test
  void listedJars_areOnTheClassPathInThatVersion() throws IOException {
    // Where Surefire hands the class path over in a manifest, it stands in a property of its own.
    var classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    var jars =
        Arrays.stream(classPath.split(java.io.File.pathSeparator))
            .map(entry -> Path.of(entry).getFileName().toString())
            .collect(Collectors.toSet());
    assertThat(listed()).isNotEmpty().allSatisfy(jar -> assertThat(jars).contains(jar + ".jar"));
  }

  private static List<String> listed() throws IOException {
    return Files.readAllLines(LIST).stream()
        .filter(line -> line.startsWith("| ") && line.contains("CVE-"))
        .map(line -> line.split("\\|")[1].strip())
        .toList();
  }
}
