"""Spark's configuration, for a classic local session and for Spark Connect."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

WORKER_DAEMON = "ml_platform.spark.worker_daemon"
"""The module that Spark forks its Python workers from."""

COMMON = {
    "spark.sql.session.timeZone": "UTC",
    # INT96, the default, carries no statistics.
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # Above 32 files Spark lists them with a job of its own: seconds, for what Delta knows already.
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "10000",
    # A bad cast is a null that the contract reports, never a failed job.
    "spark.sql.ansi.enabled": "false",
    # Looks, at each call on a column, for a notebook that it might run in: .2 s a daily run.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
}


def spark_config(remote: str | None, scratch: Path) -> dict[str, str]:
    """Configuration of one session, in Spark's flat dotted form.

    Args:
        remote: a Spark Connect address such as ``sc://127.0.0.1:15002``; None for local[*].
        scratch: a folder for Spark's own files, so that nothing falls into the working folder.
    """
    # Workers take `python3` from PATH unless told: it must be this environment's.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if remote:
        return {**COMMON, "spark.remote": remote}
    return {
        **COMMON,
        "spark.master": "local[*]",
        "spark.app.name": "ml_platform",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "2g",
        "spark.python.daemon.module": WORKER_DAEMON,
        "spark.local.dir": str(scratch / "local"),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
    }


def open_session(remote: str | None, scratch: Path) -> SparkSession:
    """A session of this process: on the server at an address, or a local one of its own.

    Args:
        remote: as for `spark_config`.
        scratch: as for `spark_config`.
    """
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    for key, value in spark_config(remote, scratch).items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    if not remote:
        session.sparkContext.setLogLevel("ERROR")
    return session
