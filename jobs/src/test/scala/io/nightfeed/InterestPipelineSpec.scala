package io.nightfeed

import io.nightfeed.interest.{InterestModel, InterestModelEstimator}
import org.apache.spark.ml.{Pipeline, PipelineModel}
import org.apache.spark.sql.{DataFrame, SparkSession}
import org.scalatest.funsuite.AnyFunSuite

import java.nio.file.Files

/** The estimator keeps Spark ML's contract, as Scala sees it. */
class InterestPipelineSpec extends AnyFunSuite {
  private lazy val spark: SparkSession = SparkTest.spark()

  private def calm: Array[Float] = Array.fill(8)(0f)

  /** Two tastes, two kinds of posts. */
  private def rows: DataFrame = {
    val session = spark
    import session.implicits._
    val posts = (0 until 12).map { p =>
      val embedding = Array(if (p % 2 == 0) 1f else -1f, 0.1f * p, 0.5f)
      (None: Option[String], s"p$p", None: Option[Double], None: Option[Double],
        Option.empty[Array[Float]], Option("encoder"), Option(embedding), Option(calm))
    }
    val interactions = for (u <- 0 until 10; p <- 0 until 12 if (u + p) % 3 > 0) yield {
      val likes = if (u % 2 == p % 2) 1.0 else 0.0
      (Option(s"u$u"), s"p$p", Option(likes), Option(1.0), Option(calm),
        Option.empty[String], Option.empty[Array[Float]], Option.empty[Array[Float]])
    }
    (posts ++ interactions).toDF(
      "user_id", "post_id", "engagement", "exposure", "emotional_state", "encoder", "embedding", "content_emotions")
  }

  private def pairs: DataFrame = {
    val session = spark
    import session.implicits._
    Seq(("u0", "p0", calm), ("u0", "p3", calm)).toDF("user_id", "post_id", "emotional_state")
  }

  private def intensities(model: PipelineModel): Seq[Double] =
    model.transform(pairs).orderBy("post_id").select("intensity").collect().map(_.getDouble(0)).toSeq

  private val estimator = new InterestModelEstimator().setRank(2).setIterations(3).setCalibrationRounds(3).setBlocks(2)

  test("a pipeline fits, scores, saves and loads it") {
    val folder = Files.createTempDirectory("pipeline").resolve("model").toString
    val fitted = new Pipeline().setStages(Array(estimator)).fit(rows)
    fitted.write.overwrite().save(folder)

    val loaded = PipelineModel.load(folder)

    val Seq(own, other) = intensities(fitted)
    assert(own > other)
    assert(intensities(loaded) === Seq(own, other))
    assert(loaded.stages.head.isInstanceOf[InterestModel])
  }

  test("an unfitted pipeline saves and loads it") {
    val folder = Files.createTempDirectory("pipeline").resolve("estimator").toString
    new Pipeline().setStages(Array(estimator)).write.overwrite().save(folder)

    val loaded = Pipeline.load(folder).getStages.head.asInstanceOf[InterestModelEstimator]

    assert(loaded.uid === estimator.uid)
    assert(loaded.getRank === 2)
  }
}
