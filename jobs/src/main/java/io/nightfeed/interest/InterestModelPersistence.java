package io.nightfeed.interest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Encoders;
import scala.Option;

/**
 * The stored form of a model: Spark ML's metadata, three Parquet tables (items, users, residuals)
 * and one line of JSON (parameters).
 */
final class InterestModelPersistence {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ITEMS = "/items";
  private static final String USERS = "/users";
  private static final String RESIDUALS = "/residuals";
  private static final String PARAMETERS = "/parameters";

  /** The parts that are no tables. */
  private record Parameters(
      float[] population,
      EmotionParameters emotion,
      EmotionEffect emotionEffect,
      FitSummary summary) {}

  private InterestModelPersistence() {}

  static final class Writer extends MLWriter {
    private final InterestModel model;

    Writer(InterestModel model) {
      this.model = model;
    }

    @Override
    public void saveImpl(String path) {
      DefaultParamsWriter.saveMetadata(model, path, sc(), Option.empty(), Option.empty());
      model.items().write().parquet(path + ITEMS);
      model.users().write().parquet(path + USERS);
      model.residuals().write().parquet(path + RESIDUALS);
      sparkSession()
          .createDataset(List.of(json()), Encoders.STRING())
          .coalesce(1)
          .write()
          .text(path + PARAMETERS);
    }

    private String json() {
      try {
        return JSON.writeValueAsString(
            new Parameters(
                model.population(),
                model.emotionParameters(),
                model.emotionEffect(),
                model.summary()));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("The model's parameters cannot be written as JSON", e);
      }
    }
  }

  static final class Reader extends MLReader<InterestModel> {
    @Override
    public InterestModel load(String path) {
      var metadata = DefaultParamsReader.loadMetadata(path, sc(), InterestModel.class.getName());
      var parameters = parameters(path);
      var parts =
          new InterestModelParts(
              sparkSession().read().parquet(path + ITEMS),
              sparkSession().read().parquet(path + USERS),
              sparkSession().read().parquet(path + RESIDUALS),
              parameters.population(),
              parameters.emotion(),
              parameters.emotionEffect(),
              parameters.summary());
      var model = new InterestModel(metadata.uid(), parts);
      metadata.getAndSetParams(model, Option.empty());
      return model;
    }

    private Parameters parameters(String path) {
      try {
        var json = sparkSession().read().textFile(path + PARAMETERS).first();
        return JSON.readValue(json, Parameters.class);
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException(
            "The parameters of the interest model in %s are not the JSON that was saved (%s). Train again."
                .formatted(path, e.getOriginalMessage()),
            e);
      }
    }
  }
}
