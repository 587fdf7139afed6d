"""The process that Spark forks its Python workers from, with what every task imports loaded.

Spark starts this module instead of ``pyspark.daemon`` (``spark.python.daemon.module``). A worker
then costs a fork, not seconds of imports, however long Spark was idle before: it ends workers that
nobody used for a minute.
"""

import numpy  # noqa: F401
import pandas  # noqa: F401
import pyarrow.parquet  # noqa: F401
import xgboost  # noqa: F401
from pyspark import daemon

if __name__ == "__main__":
    daemon.manager()
