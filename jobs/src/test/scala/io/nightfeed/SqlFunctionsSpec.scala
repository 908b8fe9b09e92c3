package io.nightfeed

import io.nightfeed.udfs.{NightfeedFunctions, Pseudonym}
import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.functions.{col, expr, udf}
import org.apache.spark.sql.types.StringType
import org.scalatest.funsuite.AnyFunSuite

/** Nightfeed's SQL functions as a Scala program meets them. */
class SqlFunctionsSpec extends AnyFunSuite {
  private lazy val spark: SparkSession = {
    val session = SparkTest.spark()
    NightfeedFunctions.register(session)
    session
  }

  test("SQL calls the functions by name") {
    val row = spark
      .sql("SELECT nightfeed_scrub_text(nightfeed_clean_text('<p>mail&nbsp;ann@example.org</p>'))")
      .head()
    assert(row.getString(0) === "mail [email]")
  }

  test("the DataFrame API calls the functions in expressions") {
    val session = spark
    import session.implicits._
    val cleaned = Seq("caf\u0065\u0301 &amp; <b>tea</b>", "电话13812345678", null)
      .toDF("text")
      .select(expr("nightfeed_scrub_text(nightfeed_clean_text(text))"))
      .as[String]
      .collect()
    assert(cleaned === Array("café & tea", "电话[phone]", null))
  }

  test("a Scala program wraps the pseudonym with its own key, and no plan shows it") {
    val session = spark
    import session.implicits._
    val key = Array.fill[Byte](32)(0x41)
    val pseudonym = udf(new Pseudonym(key), StringType)
    val rows = Seq("u1", "u2", "u1").toDF("user").select(pseudonym(col("user")).as("user"))
    val names = rows.as[String].collect()
    assert(names(0) === names(2))
    assert(names(0) != names(1))
    assert(names.forall(_.matches("[0-9a-f]{64}")))
    val plan = rows.queryExecution.toString
    assert(!plan.contains("AAAA") && !plan.contains("41414141") && !plan.contains("65, 65"))
  }

  test("the functions are deterministic, so the optimizer may move them") {
    val names = Seq(NightfeedFunctions.CLEAN_TEXT, NightfeedFunctions.SCRUB_TEXT)
    val calls = names.map(name => spark.range(1).select(expr(s"$name('a')")))
    assert(calls.forall(_.queryExecution.analyzed.deterministic))
  }
}
