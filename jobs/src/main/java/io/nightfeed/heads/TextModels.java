package io.nightfeed.heads;

import io.nightfeed.config.Settings;
import io.nightfeed.encoders.EncoderFolders;
import io.nightfeed.encoders.TextEncoder;
import org.apache.spark.sql.SparkSession;

/** What reads the texts of some languages: an encoder, and the heads on its embeddings. */
public record TextModels(TextEncoder encoder, Heads heads) {
  /**
   * Loads both, once the encoder's files have the digests of the settings.
   *
   * @throws io.nightfeed.run.JobFailure when files are missing or others
   */
  public static TextModels load(SparkSession spark, Settings settings, Settings.Encoder encoder) {
    var folder = new EncoderFolders(settings.modelsFolder()).verified(encoder);
    return new TextModels(
        TextEncoder.load(spark, encoder, folder, settings.annotate()), Heads.load(encoder, folder));
  }
}
