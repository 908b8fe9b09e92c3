# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Large scans in PySpark
#
# What one machine's memory does not hold: Spark reads the same tables, in parallel, and only the nights and columns that
# are asked for. Delta's jars are those that `make build` puts into `jobs/target/spark`, so that nothing is
# downloaded. The session only reads: writing lakes on `file:` paths is for the jobs.

# %% tags=["parameters"]
lake = "../target/demo/lake"
run_date = ""  # empty: the last night that has lists
days = 30
master = "local[*]"
jars = "../jobs/target/spark/jars"

# %%
from pathlib import Path

import matplotlib.pyplot as plt
from IPython.display import display
from nightfeed_lake import EMOTIONS, LEAST_PEOPLE, figure
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import NumericType

delta = sorted(str(jar.resolve()) for jar in Path(jars).glob("delta-*.jar"))
if not delta:
    raise FileNotFoundError(f"Delta's jars are not in {jars}. Run `make build` first.")
spark = (
    SparkSession.builder.master(master)
    .appName("large scans")
    .config("spark.jars", ",".join(delta))
    .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
    .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", 4)
    .config("spark.databricks.delta.snapshotPartitions", 2)
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def table(name: str):
    return spark.read.format("delta").load(str(Path(lake).resolve() / name.replace(".", "/")))


if not run_date:
    run_date = str(table("gold.recommendations").agg(F.max("run_date")).first()[0])
last = F.lit(run_date).cast("date")
figure("run_date", run_date)

# %% [markdown]
# ## What gold holds
#
# Rows and sums of every table, to hold beside other readers' of the same lake.

# %%
for log in sorted(Path(lake).glob("gold/*/_delta_log")):
    name = f"gold.{log.parent.name}"
    rows = table(name)
    numbers = [field.name for field in rows.schema if isinstance(field.dataType, NumericType)]
    totals = rows.agg(
        F.count(F.lit(1)).alias("rows"), *[F.sum(F.col(n).cast("double")).alias(n) for n in numbers]
    )
    for total, value in totals.first().asDict().items():
        figure(f"{name}.{total}", value if total == "rows" else repr(value))

# %% [markdown]
# ## Only the nights that are asked for are read
#
# Tables are partitioned by run date, so a condition on it leaves out files before any is opened.

# %%
recommendations = table("gold.recommendations")
figure("files.all", len(recommendations.inputFiles()))
figure("files.of_the_night", len(recommendations.where(F.col("run_date") == last).inputFiles()))

# %% [markdown]
# ## Engagement by what a post makes of it
#
# Views, and engagements of them, by the strongest emotion that was read in a post. Every event of the days is scanned; the
# posts' readings are joined to them. Of fewer than 20 people nothing is told.

# %%
by_latest = Window.partitionBy("text_hash").orderBy(F.col("run_date").desc(), "model_digest")
readings = (
    table("silver.text_annotations")
    .where((F.col("run_date") <= last) & F.col("emotions").isNotNull())
    .withColumn("place", F.row_number().over(by_latest))
    .where("place = 1")
    .withColumn("strongest", F.expr("array_position(emotions, array_max(emotions))").cast("int"))
    .withColumn(
        "emotion", F.element_at(F.array(*[F.lit(name) for name in EMOTIONS]), F.col("strongest"))
    )
    .select("text_hash", "emotion")
)
posts = (
    table("silver.posts")
    .where(F.col("run_date") <= last)
    .select("post_id", "text_hash")
    .dropDuplicates(["post_id"])
)
events = table("silver.events").where(
    (F.col("run_date") <= last) & F.col("event_date").between(F.date_sub(last, days - 1), last)
)
figure("events", events.count())
engaged = F.col("action").isin("click", "like", "comment", "share", "follow")
by_emotion = (
    # Not the events' own texts: those of the posts.
    events.select("post_id", "action", "user_id")
    .join(posts, "post_id")
    .join(readings, "text_hash")
    .groupBy("emotion")
    .agg(
        F.count(F.when(F.col("action") == "view", 1)).alias("views"),
        F.count(F.when(engaged, 1)).alias("engagements"),
        F.countDistinct("user_id").alias("people"),
    )
    .where(F.col("people") >= LEAST_PEOPLE)
    .orderBy("emotion")
    .toPandas()
)
for row in by_emotion.itertuples():
    figure(f"views.{row.emotion}", row.views)
    figure(f"engagements.{row.emotion}", row.engagements)
display(by_emotion)
if len(by_emotion):
    by_emotion["engagements a view"] = by_emotion.engagements / by_emotion.views.clip(lower=1)
    by_emotion.plot.bar(
        x="emotion", y="engagements a view", legend=False, xlabel="strongest emotion of the post"
    )
    plt.title(f"Engagements a view, {days} days to {run_date}")
    plt.tight_layout()
    plt.show()

# %% [markdown]
# ## Habits
#
# Events by hour of the day and action.

# %%
by_hour = (
    events.groupBy(F.hour("event_time").alias("hour"))
    .pivot("action", ["view", "click", "like", "comment", "share"])
    .count()
    .orderBy("hour")
    .toPandas()
    .set_index("hour")
    .fillna(0)
)
figure("events.views_by_hour", int(by_hour["view"].sum()))
by_hour.plot(title="Events by hour (UTC)", ylabel="events")
plt.tight_layout()
plt.show()

# %%
spark.stop()
