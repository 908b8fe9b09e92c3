package io.nightfeed.annotate;

import io.nightfeed.SparkTest;
import io.nightfeed.config.Settings;
import io.nightfeed.config.SettingsLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class TextEncoderTest {
  @Test
  void probe() {
    var settings = SettingsLoader.load(List.of(), Map.of());
    var spark = SparkTest.spark();
    for (var encoder : settings.encoders()) {
      var folder = new EncoderFolders(Path.of("../target/models")).verified(encoder);
      var e = TextEncoder.load(spark, encoder, folder, settings.annotate());
      var texts =
          spark
              .createDataset(
                  List.of(
                      "I love this café, it made my day! So happy 😊 see you",
                      "可怕，这国家怎么了？没有安全！北京 hello world",
                      "ok"),
                  Encoders.STRING())
              .toDF("text");
      for (Row row : e.annotate(texts).collectAsList()) {
        System.out.println(
            encoder.name()
                + " "
                + row.getList(1)
                + " "
                + row.getList(2)
                + " "
                + row.getList(3).subList(0, 5)
                + " "
                + row.getList(3).size());
      }
      var many =
          spark
              .range(1000)
              .selectExpr(
                  "concat('This is post number ', id, ' about the weather in the city and how we all feel about it today, so come along ', id*7) as text")
              .repartition(2)
              .cache();
      many.count();
      for (int batch : new int[] {1, 8}) {
        var s = settings.annotate();
        var e2 =
            TextEncoder.load(
                spark, encoder, folder, new Settings.Annotate(s.maxTokens(), batch, 1, 2, 0.5));
        e2.annotate(many.limit(100))
            .select("embedding")
            .write()
            .format("noop")
            .mode("overwrite")
            .save();
        long t = System.nanoTime();
        e2.annotate(many).select("embedding").write().format("noop").mode("overwrite").save();
        System.out.println(
            "batch " + batch + " " + 1000 / ((System.nanoTime() - t) / 1e9) + " texts/s");
        t = System.nanoTime();
        e2.annotate(many)
            .select("embedding", "tokens", "sentences")
            .write()
            .format("noop")
            .mode("overwrite")
            .save();
        System.out.println(
            "batch all " + batch + " " + 1000 / ((System.nanoTime() - t) / 1e9) + " texts/s");
      }
    }
  }
}
