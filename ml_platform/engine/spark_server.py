"""A local Spark Connect server from the installed wheel, shared by every run of this machine.

Spark's own ``SparkConnectServer`` gives each client session its Python worker daemon, which has to
start anew for every run and stays behind after it. This server is an ordinary classic application
with Spark's Connect plugin and without artifact isolation: its sessions share one warm daemon. All
of them load the same project, so there are no artifacts to keep apart.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import psutil

from ml_platform.engine.liveness import answers_grpc
from ml_platform.engine.ports import LOOPBACK, answers
from ml_platform.engine.service import Service
from ml_platform.spark.session import WORKER_DAEMON

SPARK_SERVER = "Spark server"
_GIB = 1024**3
_LOGGING = """rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
# Every error that a client is told anyway, and one more for each session that ends.
logger.connect.name = org.apache.spark.sql.connect.utils.ErrorUtils
logger.connect.level = fatal
"""


def remote_address(port: int) -> str:
    """What clients put into ``SPARK_REMOTE``.

    >>> remote_address(15002)
    'sc://127.0.0.1:15002'
    """
    return f"sc://{LOOPBACK}:{port}"


def spark_server(
    port: int, folder: Path, log: Path, env: Mapping[str, str], start_seconds: float = 600.0
) -> Service:
    """The server as a supervised child in the foreground.

    Args:
        port: loopback port of the Connect endpoint.
        folder: takes Spark's own files (warehouse, artifacts, shuffle), never the caller's folder.
        log: file for the JVM's output.
        env: environment of the child; ``JAVA_HOME`` must name a Java that Spark accepts.
        start_seconds: how long the JVM may take.
    """
    (folder / "scratch").mkdir(parents=True, exist_ok=True)
    (folder / "log4j2.properties").write_text(_LOGGING)
    return Service(
        name=SPARK_SERVER,
        command=[
            *(sys.executable, "-m", "ml_platform.engine.spark_server"),
            *("--port", str(port), "--folder", str(folder)),
        ],
        env={
            **{name: value for name, value in env.items() if name != "SPARK_REMOTE"},
            "SPARK_LOCAL_IP": LOOPBACK,
            "PYSPARK_PYTHON": sys.executable,
        },
        log=log,
        folder=folder,
        ready=lambda: answers(port),
        port=port,
        replies=lambda: answers_grpc(port),
        start_seconds=start_seconds,
    )


def server_conf(port: int, folder: Path) -> dict[str, str]:
    """Spark's settings for one machine with few cores and small daily partitions."""
    return {
        "spark.master": "local[*]",
        "spark.app.name": "ml_platform",
        "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "spark.driver.memory": driver_memory(),
        "spark.driver.host": LOOPBACK,
        "spark.driver.bindAddress": LOOPBACK,
        "spark.driver.extraJavaOptions": (
            f"-Dlog4j2.configurationFile=file:{folder / 'log4j2.properties'} "
            f"-Djava.io.tmpdir={folder / 'scratch'} -Duser.timezone=UTC"
        ),
        "spark.connect.grpc.binding.address": LOOPBACK,
        "spark.connect.grpc.binding.port": str(port),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(folder / "scratch"),
        "spark.pyspark.python": sys.executable,
        "spark.python.daemon.module": WORKER_DAEMON,
        "spark.python.worker.reuse": "true",
        "spark.sql.adaptive.enabled": "true",
        "spark.sql.artifact.isolation.enabled": "false",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        # INT96, the default, has no statistics in the file.
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }


def driver_memory() -> str:
    """A quarter of the machine's memory, at least 1 GiB and at most 4 GiB."""
    quarter = psutil.virtual_memory().total // 4
    return f"{min(max(quarter, _GIB), 4 * _GIB) // 1024**2}m"


def warm_up(remote: str) -> None:
    """Run one query and one Python task, so that the first run finds compiled code and workers.

    Args:
        remote: address of the server, which may still be starting.
    """
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.remote(remote).create()
    try:
        numbers = spark.range(1000).selectExpr("id", "id % 7 AS remainder")
        numbers.groupBy("remainder").count().toArrow()
        numbers.mapInArrow(lambda batches: batches, numbers.schema).toArrow()
    finally:
        spark.stop()


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--folder", type=click.Path(path_type=Path), required=True)
def main(port: int, folder: Path) -> None:
    """Serve until SIGTERM."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    for name, value in server_conf(port, folder).items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        signal.pause()
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
