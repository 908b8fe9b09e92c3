# Nightfeed. The two commands: `make demo` and `make test`.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

NIGHTFEED := jobs/bin/nightfeed
DEMO := target/demo
DEMO_FIRST := 2025-06-07
DEMO_LAST := 2025-06-13
BIG := NIGHTFEED_MEMORY=6g
# The public data sets are the user's own copies.
DATA ?= ../shared/data
CLASS_ARCHIVE := jobs/target/spark/classes.jsa
SOURCES := $(shell find pom.xml udfs/pom.xml udfs/src jobs/pom.xml jobs/src/main jobs/src/delta-3.3 -type f 2>/dev/null)

.PHONY: help
help: ## Show the commands
	@awk -F ':.*## ' '/^[a-z0-9.-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: prerequisites
prerequisites:
	@command -v java >/dev/null || { echo "Nightfeed needs a JDK 17: 'java' is not on the PATH." >&2; exit 2; }
	@java -version 2>&1 | grep -q 'version "17' || { echo "Nightfeed needs a JDK 17, found: $$(java -version 2>&1 | head -1). Set JAVA_HOME and PATH to one." >&2; exit 2; }
	@command -v javac >/dev/null || { echo "Nightfeed needs a JDK 17, found only a JRE: 'javac' is not on the PATH." >&2; exit 2; }
	@command -v mvn >/dev/null || { echo "Nightfeed needs Apache Maven 3.8 or later: 'mvn' is not on the PATH." >&2; exit 2; }
	@command -v python3 >/dev/null || { echo "Nightfeed needs Python 3: 'python3' is not on the PATH." >&2; exit 2; }

jobs/target/nightfeed.jar: $(SOURCES)
	@$(MAKE) --no-print-directory prerequisites
	mvn -q package -DskipTests -Dmaven.test.skip
	@rm -f $(CLASS_ARCHIVE)
	@touch $@

.PHONY: build
build: jobs/target/nightfeed.jar ## Build the jar and the local Spark folder

# Java's class data sharing, of the classes that an ingest loads: 170 MB, which jobs/bin/spark-submit uses where it is.
.PHONY: class-archive
class-archive: $(CLASS_ARCHIVE) ## Let jobs that are started one by one start a third faster
$(CLASS_ARCHIVE): jobs/target/nightfeed.jar
	@rm -rf target/class-archive $@
	@NIGHTFEED_JAVA_OPTIONS="-XX:TieredStopAtLevel=1 -Xlog:cds=off -Xlog:cds+dynamic=off -XX:ArchiveClassesAtExit=$@.part" NIGHTFEED_SPARK_PROPERTIES=conf/spark/demo.properties \
	  $(NIGHTFEED) ingest --config conf/demo.conf --set raw-folder=\"data-samples/raw\" --set lake-folder=\"target/class-archive/lake\" \
	  --set pseudonyms.key-file=\"target/class-archive/key\" --run-date 2025-06-02
	@mv $@.part $@ && rm -rf target/class-archive

.PHONY: models
models: build ## Unpack the language models and check their digests
	@$(NIGHTFEED) models --artifacts jobs/target/encoder-artifacts

# For commands of some seconds: compiling thoroughly costs more than it brings.
ONE_JOB := NIGHTFEED_JAVA_OPTIONS=-XX:TieredStopAtLevel=1
.PHONY: demo
demo: export NIGHTFEED_SPARK_PROPERTIES := conf/spark/demo.properties
demo: models ## Simulate a platform, run seven nights, show recommendations with reasons
	@rm -rf $(DEMO)
	$(ONE_JOB) $(NIGHTFEED) simulate --users 200 --posts 400 --days 13 --first-day 2025-06-01 --first-night 2025-06-08 --seed 7 --to $(DEMO)/raw
	$(NIGHTFEED) nightly --config conf/demo.conf --run-date $(DEMO_FIRST) --through $(DEMO_LAST)
	@$(ONE_JOB) $(NIGHTFEED) show --config conf/demo.conf --run-date $(DEMO_LAST) --users 3 --top 5

.PHONY: test
test: models airflow-venv notebooks-venv ## Run every test
	mvn verify
	@$(MAKE) --no-print-directory test-airflow
	@$(MAKE) --no-print-directory test-notebooks

.PHONY: test-rapids
test-rapids: models ## Let the RAPIDS Accelerator plan every query of a night's jobs, on the CPU (600 MB to download, once)
	mvn -q -Prapids -pl udfs/rapids -am test -Dmaven.test.skip

# The line on which RAPIDS 25.04 writes Delta on a GPU. What transforms and what publishes.
.PHONY: test-spark-3.4
test-spark-3.4: models ## Build for Spark 3.4 and Delta 2.4, and test what transforms and publishes there
	mvn -q -Pspark-3.4 test -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dtest='io.nightfeed.udfs.*Test,LakeTest,PublishLogTest,AuditFaultsTest,CrashPointsTest,IngestJobTest,ProfileJobTest,TrainJobTest,RecommendJobTest'

.PHONY: test-rapids-3.4
test-rapids-3.4: models ## The same plans on Spark 3.4, where Delta's own nodes are planned on the GPU
	mvn -q -Prapids,spark-3.4 -pl udfs/rapids -am test -Dmaven.test.skip

.PHONY: check-standalone
check-standalone: models ## Backfill by spark-submit on a standalone master and worker, two commands at a time
	@jobs/bin/check-standalone

.PHONY: sbom
sbom: build ## What the build consists of, as CycloneDX: jobs/target/bom.json (see jobs/KNOWN-VULNERABILITIES.md)
	mvn -q package cyclonedx:makeBom -DskipTests -Dmaven.test.skip

.PHONY: eval-truth
eval-truth: models ## Recover the truth of simulated platforms (about 40 minutes)
	$(BIG) $(NIGHTFEED) evaluate-truth --seeds 10 --impressions 20 --json target/bench/truth-effect.json
	$(BIG) $(NIGHTFEED) evaluate-truth --seeds 3 --impressions 60 --effects 1 --json target/bench/truth-intensity.json

.PHONY: eval-text
eval-text: models ## How well texts are read, on public corpora; tuned encoders too, where they are (DATA=…)
	$(BIG) $(NIGHTFEED) evaluate-text --data $(DATA) --json target/bench/text.json
	$(BIG) $(NIGHTFEED) evaluate-text --data $(DATA) --corpus tweeteval.emotion --corpus smp2020 --raw --prefix text.raw --json target/bench/text-raw.json
	@for tuned in target/models/*/encoder.conf; do [[ -f $$tuned ]] || continue; \
	  name=$$(basename $$(dirname $$tuned)); \
	  $(BIG) $(NIGHTFEED) evaluate-text --data $(DATA) --config $$tuned --encoder $$name --prefix text.tuned --json target/bench/text-$$name.json || exit; done

.PHONY: eval-generate
eval-generate: models ## What teasers of 500 real posts keep, and how fast they come (DATA=…)
	$(NIGHTFEED) evaluate-generate --data $(DATA) --json target/bench/generate.json

.PHONY: eval-replies
eval-replies: models ## How well replies and answer templates are found, on published dialogues (DATA=…)
	$(BIG) $(NIGHTFEED) evaluate-replies --data $(DATA)/dialogue --json target/bench/replies.json

.PHONY: eval-labels
eval-labels: models ## What labels buy: learning curves (DATA=…)
	$(BIG) $(NIGHTFEED) learning-curve --data $(DATA) --json target/bench/text-curve.json

.PHONY: calibrate-encoders
calibrate-encoders: models ## Measure the ranges that ship; train-annotators comes after it (DATA=…)
	$(NIGHTFEED) tuning-examples --data $(DATA) --language en --to target/tuning/en
	$(NIGHTFEED) calibrate-encoder --encoder e5-small-v2-q --examples target/tuning/en --to jobs/src/main/resources/encoders/e5-small-v2-q.json
	$(NIGHTFEED) tuning-examples --data $(DATA) --language zh --to target/tuning/zh
	$(NIGHTFEED) calibrate-encoder --encoder bge-small-zh-v1.5-q --examples target/tuning/zh --to jobs/src/main/resources/encoders/bge-small-zh-v1.5-q.json

.PHONY: train-annotators
train-annotators: models ## Train the heads that ship (DATA=…)
	$(BIG) $(NIGHTFEED) train-annotators --data $(DATA) --to jobs/src/main/resources/heads

# An hour or two on 2 cores; the same command goes on where it was stopped.
.PHONY: tune-english
tune-english: models tuning-venv ## Tune the English encoder on the corpora, and train its heads (DATA=…)
	$(NIGHTFEED) tuning-examples --data $(DATA) --language en --to target/tuning/en
	$(NIGHTFEED) tune-encoder --encoder e5-small-v2-q --examples target/tuning/en --name e5-small-v2-tuned -- \
	  --epochs 2 --batch-size 64 --task-passes tweeteval.emotion=3 --task-passes davidson=0.35 --task-weight goemotions.group=0.7
	$(BIG) $(NIGHTFEED) train-annotators --data $(DATA) --config target/models/e5-small-v2-tuned/encoder.conf --encoder e5-small-v2-tuned

# An hour on 2 cores.
.PHONY: tune-chinese
tune-chinese: models tuning-venv ## Tune the Chinese encoder on the corpora, and train its heads (DATA=…)
	$(NIGHTFEED) tuning-examples --data $(DATA) --language zh --to target/tuning/zh
	$(NIGHTFEED) tune-encoder --encoder bge-small-zh-v1.5-q --examples target/tuning/zh --name bge-small-zh-v1.5-tuned -- \
	  --epochs 3 --batch-size 64 --task-passes smp2020=2 --task-passes cold=0.3 --task-passes waimai=0.3
	$(BIG) $(NIGHTFEED) train-annotators --data $(DATA) --config target/models/bge-small-zh-v1.5-tuned/encoder.conf --encoder bge-small-zh-v1.5-tuned

# PyTorch and what else tune-encoder needs. Apart from the rest: it is large, and no nightly job uses it.
TUNING := target/tuning-venv
PYTHON ?= python3
$(TUNING)/installed: jobs/src/main/python/requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "tune-encoder needs Python 3.11, found: $$($(PYTHON) --version). Name one: make tuning-venv PYTHON=python3.11" >&2; exit 2; }
	$(PYTHON) -m venv --clear $(TUNING)
	$(TUNING)/bin/python -m pip install --quiet --no-deps --requirement $<
	@touch $@

.PHONY: tuning-venv
tuning-venv: $(TUNING)/installed ## Install what tune-encoder needs (Python, some 3 GB to download)

# Five minutes on 2 cores. The model is the tests' own: it knows nothing but the simulated platform.
WRITER := jobs/src/test/resources/tiny-writer
.PHONY: train-writer
train-writer: build tuning-venv ## Train the small language model with which tests write, and measure its perplexity
	$(NIGHTFEED) writing-examples --posts 12000 --seed 7 --to target/writer/examples
	$(TUNING)/bin/python jobs/src/main/python/train_writer.py --examples target/writer/examples --to $(WRITER)

.PHONY: test-tuning
test-tuning: tuning-venv ## Test the script behind tune-encoder; make test leaves it out
	$(TUNING)/bin/python -m pytest -q -p no:cacheprovider jobs/src/test/python

# Airflow and the analysts' notebooks, each in an environment of its own: they want other versions of the same packages.
AIRFLOW := target/airflow-venv
NOTEBOOKS := target/notebooks-venv
$(AIRFLOW)/installed: airflow/requirements.lock
$(NOTEBOOKS)/installed: notebooks/requirements.lock
$(AIRFLOW)/installed $(NOTEBOOKS)/installed:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "$(<D) needs Python 3.11, found: $$($(PYTHON) --version). Name one: make $(@D:target/%=%) PYTHON=python3.11" >&2; exit 2; }
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python -m pip install --quiet --no-deps --requirement $<
	@touch $@

.PHONY: airflow-venv test-airflow notebooks-venv test-notebooks
airflow-venv: $(AIRFLOW)/installed ## Install Airflow and what tests of the DAGs need (Python 3.11)

test-airflow: models class-archive airflow-venv ## Test the DAGs, each by a real run on data-samples/
	$(AIRFLOW)/bin/python -m pytest -q -p no:cacheprovider airflow/tests

notebooks-venv: $(NOTEBOOKS)/installed ## Install what the notebooks need (Python 3.11)

# On the lake that the runs of test-airflow made.
test-notebooks: build notebooks-venv ## Execute the notebooks and hold their figures against the tables
	@[[ -d target/airflow-test/lake/ops/tuning_trials ]] || $(MAKE) --no-print-directory test-airflow
	$(NOTEBOOKS)/bin/python -m pytest -q -p no:cacheprovider notebooks/tests

.PHONY: weibo
weibo: models ## Run seven nights of 2013 on the weibo-threads data in DATA
	@rm -rf target/weibo
	$(NIGHTFEED) import weibo-threads --from $(DATA)/weibo-threads --to target/weibo/raw --first-night 2013-03-01
	$(BIG) $(NIGHTFEED) nightly --config conf/weibo.conf --run-date 2013-02-28 --through 2013-03-07

VARIED_TABLES := silver.user_states silver.user_item_signals gold.recommendations gold.candidate_funnel gold.amplification_audit
# master, shuffle partitions, adaptive execution
VARIANTS := 'local[1] 1 true' 'local[2] 7 false' 'local[2] 200 true' 'local-cluster[2,1,1024] 7 true'

.PHONY: check-determinism
check-determinism: models ## Two nights on several masters and numbers of partitions: one hash per table
	@rm -rf target/determinism && mkdir -p target/determinism
	@set -eo pipefail; number=0; for variant in $(VARIANTS); do \
	  number=$$((number + 1)); set -- $$variant; folder=target/determinism/$$number; mkdir $$folder; \
	  sed -e "s/^spark.master .*/spark.master $$1/; s/^\(spark.sql.shuffle.partitions\) .*/\1 $$2/" \
	    -e "s/^\(spark.sql.adaptive.enabled\) .*/\1 $$3/" conf/spark/local.properties > $$folder/spark.properties; \
	  export NIGHTFEED_SPARK_PROPERTIES=$$folder/spark.properties; \
	  export SPARK_HOME=$$PWD/jobs/target/spark SPARK_SCALA_VERSION=2.12; \
	  settings="--config conf/demo.conf --set raw-folder=\"data-samples/raw\" --set lake-folder=\"$$folder/lake\" \
	    --set pseudonyms.key-file=\"target/determinism/key\""; \
	  echo "$$variant"; \
	  $(NIGHTFEED) nightly $$settings --run-date 2025-06-02 --through 2025-06-03 > $$folder/output.txt 2>&1 \
	    || { cat $$folder/output.txt; exit 1; }; \
	  NIGHTFEED_SPARK_PROPERTIES= $(NIGHTFEED) hash $(VARIED_TABLES) $$settings 2> /dev/null | tee $$folder/hashes.txt; \
	  test $$(wc -l < $$folder/hashes.txt) -eq 5; \
	  cmp target/determinism/1/hashes.txt $$folder/hashes.txt; \
	done; echo "determinism.different_hashes=0"

# Thirty nights (or BACKFILL_NIGHTS) of forty people, in order and in any order, two at a time, killed in the middle and run again.
BACKFILL_FOLDER := target/check-backfill
BACKFILL_NIGHTS := 30
BACKFILL_LAST = $(shell python3 -c 'import datetime as d; print(d.date(2025, 5, 4) + d.timedelta($(BACKFILL_NIGHTS)))')
BACKFILL_END = $(shell python3 -c 'import datetime as d; print(d.date(2025, 5, 5) + d.timedelta($(BACKFILL_NIGHTS)))')
BACKFILL := --config conf/demo.conf --set raw-folder=\"$(BACKFILL_FOLDER)/raw\" --set pseudonyms.key-file=\"$(BACKFILL_FOLDER)/key\"
ANY_ORDER = $(NIGHTFEED) backfill $(BACKFILL) --set lake-folder=\"$(BACKFILL_FOLDER)/any-order\" --from 2025-05-05 --to $(BACKFILL_END) --max-parallel 2 --order-seed 5
BACKFILL_TABLES := silver.user_states silver.user_item_signals silver.text_annotations gold.recommendations \
  gold.recommendations_latest gold.candidate_funnel gold.amplification_audit gold.model_evaluations gold.serving_models \
  gold.reply_suggestions gold.generated_texts
.PHONY: check-backfill
check-backfill: export NIGHTFEED_SPARK_PROPERTIES := conf/spark/demo.properties
check-backfill: models ## Thirty nights in a drawn order, two at a time, killed once, against thirty in order: one hash per table
	@rm -rf $(BACKFILL_FOLDER)
	$(ONE_JOB) $(NIGHTFEED) simulate --users 40 --posts 120 --days 35 --first-day 2025-05-01 --first-night 2025-05-06 --seed 7 --to $(BACKFILL_FOLDER)/raw
	$(NIGHTFEED) nightly $(BACKFILL) --set lake-folder=\"$(BACKFILL_FOLDER)/in-order\" --run-date 2025-05-05 --through $(BACKFILL_LAST)
	@set -e; $(ANY_ORDER) & process=$$!; \
	  until [[ $$(ls -d $(BACKFILL_FOLDER)/any-order/runs/*/train 2> /dev/null | wc -l) -ge $$(($(BACKFILL_NIGHTS) / 3)) ]]; do sleep 1; kill -0 $$process; done; \
	  kill -9 $$process; echo "killed at $$(ls $(BACKFILL_FOLDER)/any-order/runs/*/*/run.json | wc -l) runs of $$((8 * $(BACKFILL_NIGHTS)))"
	$(ANY_ORDER)
	@set -eo pipefail; for lake in in-order any-order; do \
	  $(ONE_JOB) $(NIGHTFEED) hash $(BACKFILL_TABLES) $(BACKFILL) --set lake-folder=\"$(BACKFILL_FOLDER)/$$lake\" 2> /dev/null | tee $(BACKFILL_FOLDER)/$$lake.txt; done; \
	test $$(wc -l < $(BACKFILL_FOLDER)/any-order.txt) -eq 11; \
	cmp $(BACKFILL_FOLDER)/in-order.txt $(BACKFILL_FOLDER)/any-order.txt; echo "backfill.different_hashes=0"

# An hour: each kill costs a new process.
.PHONY: soak
soak: models ## Kill publishing processes and executors at random, fuzz a million lines of each format: nothing torn, lost or doubled
	mvn -q verify -Dtest=NoUnitTest -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false \
	  -Dit.test='KilledPublishIT,CrashPointsTest,TwoWritersIT' -Dcrash.kills=200 -Dcrash.all-points=true
	@jobs/bin/soak-executors 20
	mvn -q test -Dtest=ParsedLinesFuzzTest -Dsurefire.failIfNoSpecifiedTests=false -Djqwik.tries.default=84000

.PHONY: eval-movielens eval-citeulike eval-deskdrop eval-weibo
eval-movielens: build ## The interest model beside tuned rivals on ten published folds of films (DATA=…)
	$(BIG) $(NIGHTFEED) evaluate --protocol movielens --data $(DATA)/movielens-latest-small

eval-citeulike: build ## … on papers, half of what matters being their words (DATA=…)
	$(BIG) $(NIGHTFEED) evaluate --protocol citeulike --data $(DATA)/citeulike-t

eval-deskdrop: build ## … on a company's articles (DATA=…)
	$(BIG) $(NIGHTFEED) evaluate --protocol deskdrop --data $(DATA)/deskdrop

eval-weibo: models ## … on tomorrow's posts of a Chinese platform, from eight origins (DATA=…)
	$(BIG) $(NIGHTFEED) evaluate --protocol weibo --data $(DATA)/weibo-threads

# The first night chooses settings of rivals, the last one tells what happened after the one before it.
EVAL_NIGHTS := 2012-09-30,2012-11-30,2013-01-31,2013-03-31,2013-05-31,2013-07-31,2013-09-30,2013-11-30,2014-01-31,2014-03-31
EVAL_LAKE := --config conf/weibo.conf --set raw-folder=\"target/eval-nights/raw\" --set lake-folder=\"target/eval-nights/lake\"
.PHONY: eval-nights
eval-nights: models ## What mood adds, on eight nights of a Chinese platform (DATA=…)
	@rm -rf target/eval-nights
	$(NIGHTFEED) import weibo-threads --from $(DATA)/weibo-threads --to target/eval-nights/raw --nights $(EVAL_NIGHTS)
	$(BIG) $(NIGHTFEED) evaluate-nights $(EVAL_LAKE) --nights $(EVAL_NIGHTS)

# A quarter of an hour; the same command goes on where it was stopped. The lake is that of eval-nights, and is made if
# it is not there.
TUNE_NIGHTS := 2012-09-30,2012-11-30,2013-01-31
CHECK_NIGHTS := 2013-03-31,2013-07-31,2013-11-30
TUNED := target/tuned.conf
TUNE := $(BIG) $(NIGHTFEED) tune $(EVAL_LAKE) --window-days 30
.PHONY: tune
tune: models ## Search for settings on nights of a Chinese platform, check them on later ones (DATA=…)
	@[[ -d target/eval-nights/raw ]] || $(NIGHTFEED) import weibo-threads --from $(DATA)/weibo-threads --to target/eval-nights/raw --nights $(EVAL_NIGHTS)
	@for night in $$(tr , ' ' <<< $(EVAL_NIGHTS)); do [[ -d target/eval-nights/lake/silver/user_states/run_date=$$night ]] || \
	  for job in ingest annotate profile; do $(BIG) $(NIGHTFEED) $$job $(EVAL_LAKE) --run-date $$night || exit; done || exit; done
	@rm -f $(TUNED)
	$(TUNE) --night $(TUNE_NIGHTS) --to $(TUNED)
	@[[ ! -f $(TUNED) ]] || $(TUNE) --night $(CHECK_NIGHTS) --check $(TUNED) --json target/bench/tune-check.json

.PHONY: bench-train
bench-train: build ## Learning taste from a million engagements, beside Spark's ALS
	$(BIG) $(NIGHTFEED) bench-train

.PHONY: bench-publish
bench-publish: build ## Publishing two million rows with their audits, beside a plain Delta write
	$(NIGHTFEED) bench-publish

.PHONY: bench-annotate
bench-annotate: models ## Texts annotated a second, beside ONNX Runtime and Spark NLP alone (DATA=…)
	$(NIGHTFEED) bench-annotate --data $(DATA) --json target/bench/annotate.json

.PHONY: bench-annotate-memory
bench-annotate-memory: models ## Memory of annotating 5,000 and 50,000 texts (DATA=…)
	$(NIGHTFEED) bench-annotate --memory --data $(DATA) --json target/bench/annotate-memory.json

.PHONY: bench-topn
bench-topn: build ## Everyone's best posts, beside Spark's ALS and the matrix product alone (2 GiB of heap)
	NIGHTFEED_MEMORY=2g $(NIGHTFEED) bench-topn --json target/bench/topn.json

# A million users were not tried: at 100,000 it takes four minutes, and time grows at most in proportion.
SCALE_USERS := 10000,100000,1000000
.PHONY: bench-scale
bench-scale: models ## Time and memory of every job as the platform grows, and on a cluster
	NIGHTFEED_MEMORY=10g $(NIGHTFEED) bench-scale --users $(SCALE_USERS) --config conf/scale.conf

.PHONY: clean
clean: ## Remove everything built, the demonstration included
	rm -rf target
	mvn -q clean
