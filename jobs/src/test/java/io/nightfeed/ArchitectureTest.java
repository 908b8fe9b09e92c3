package io.nightfeed;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(packages = "io.nightfeed", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] STAGES = {
    "..ingest..",
    "..annotate..",
    "..profile..",
    "..train..",
    "..recommend..",
    "..generate..",
    "..reply..",
    "..report.."
  };

  /** What every stage may use; stages use nothing of one another. */
  private static final String[] SHARED = {
    "..config..",
    "..tables..",
    "..lake..",
    "..run..",
    "..interest..",
    "..encoders..",
    "..heads..",
    "..pages..",
    "..chat..",
    "..safety..",
    "..udfs.."
  };

  private static final Pattern COLUMN_LITERAL =
      Pattern.compile("\\b(?:col|withColumn|drop|groupBy|orderBy)\\(\"[a-z_]+\"");

  @ArchTest
  static void stages_neverImportOneAnother(JavaClasses classes) {
    for (var stage : STAGES) {
      for (var other : STAGES) {
        if (!stage.equals(other)) {
          noClasses()
              .that()
              .resideInAPackage(stage)
              .should()
              .dependOnClassesThat()
              .resideInAPackage(other)
              .allowEmptyShould(true)
              .check(classes);
        }
      }
    }
  }

  @ArchTest
  static final ArchRule sharedPackages_knowNoStage =
      noClasses()
          .that()
          .resideInAnyPackage(SHARED)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(STAGES);

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching("io.nightfeed.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyTheLake_touchesDelta =
      noClasses()
          .that()
          .resideOutsideOfPackage("..lake..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.delta..", "org.apache.spark.sql.delta..");

  @ArchTest
  static final ArchRule jobs_areNamedAfterWhatTheyDo =
      classes()
          .that()
          .implement("io.nightfeed.run.Job")
          .should()
          .haveSimpleNameEndingWith("Job")
          .andShould()
          .haveOnlyFinalFields();

  @ArchTest
  static final ArchRule transforms_neverReadTheClock =
      noClasses()
          .that()
          .resideInAnyPackage(STAGES)
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(java.time.LocalDate.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @Test
  void columnNames_areLiteralsInTablesAlone() throws IOException {
    var sources = Path.of("src/main/java/io/nightfeed");
    try (var files = Files.walk(sources)) {
      var offenders =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !file.startsWith(sources.resolve("tables")))
              .filter(ArchitectureTest::hasColumnLiteral)
              .toList();
      assertThat(offenders).isEmpty();
    }
  }

  private static boolean hasColumnLiteral(Path file) {
    try {
      return COLUMN_LITERAL.matcher(Files.readString(file)).find();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
