# What Airflow needs to know here; read by `source airflow/env.sh`. Whatever is set already, stays.
NIGHTFEED_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]:-$0}")/.." && pwd)
export AIRFLOW_HOME=${AIRFLOW_HOME:-$NIGHTFEED_ROOT/target/airflow}
export AIRFLOW__CORE__DAGS_FOLDER=$NIGHTFEED_ROOT/airflow/dags
export AIRFLOW__CORE__LOAD_EXAMPLES=False
export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False
# Local Spark, for trying things out. On a cluster: {"conn_type": "spark", "host": "yarn", "extra": {"deploy-mode": "client"}}.
export AIRFLOW_CONN_SPARK_DEFAULT=${AIRFLOW_CONN_SPARK_DEFAULT:-'{"conn_type": "spark", "host": "local[*]", "extra": {"deploy-mode": "client"}}'}
export NIGHTFEED_CONFIG=${NIGHTFEED_CONFIG:-$NIGHTFEED_ROOT/conf/local.conf}
export NIGHTFEED_SPARK_PROPERTIES=${NIGHTFEED_SPARK_PROPERTIES:-$NIGHTFEED_ROOT/conf/spark/local.properties}
export PATH=$NIGHTFEED_ROOT/target/airflow-venv/bin:$NIGHTFEED_ROOT/jobs/bin:$PATH
