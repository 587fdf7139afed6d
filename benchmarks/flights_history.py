"""Weeks of real flights that went through the loop: where the day benchmark begins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from dagster import DagsterInstance
from pyspark.sql import SparkSession

from ml_platform.core import names
from ml_platform.demo.flights_landing import FlightsLanding
from ml_platform.engine.java import ensure_java
from ml_platform.engine.ports import free_port
from ml_platform.engine.spark_server import remote_address, spark_server, warm_up
from ml_platform.engine.supervisor import PROJECT_ROOT
from ml_platform.spark.session import open_session
from ml_platform_tests.end_to_end.loop import Loop
from ml_platform_tests.end_to_end.trained import stages_of, succeeded

FIRST = date(2013, 1, 1)
HISTORY_DAYS = 21


@contextmanager
def warm_connect(folder: Path) -> Iterator[SparkSession]:
    """A session on a Spark Connect server of its own, configured and warm as the engine's."""
    ensure_java()
    port = free_port()
    env = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    server = spark_server(port, folder / "spark", folder / "spark.log", env)
    server.start()
    try:
        server.wait_until_ready()
        remote = remote_address(port)
        warm_up(remote)
        os.environ["SPARK_REMOTE"] = remote
        spark = open_session(remote, folder)
        # The plain script relies on folder names being read as text.
        spark.conf.set("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
        try:
            yield spark
        finally:
            # At the end of this process it would try to reach the server for minutes.
            spark.stop()
    finally:
        os.environ.pop("SPARK_REMOTE", None)
        server.stop()


def days_after_history(count: int) -> list[str]:
    """The days to measure on."""
    return [str(FIRST + timedelta(days=HISTORY_DAYS + n)) for n in range(count)]


def trained_on_history(home: Path, instance: DagsterInstance, more_days: int) -> Loop:
    """Three weeks taken in, a champion trained on them, and the files of more days landed."""
    loop = Loop(home, instance, {})
    landing = FlightsLanding(loop.landing_root)
    for n in range(HISTORY_DAYS + more_days):
        landing.land_inputs(FIRST + timedelta(days=n))
        landing.land_outcomes(FIRST + timedelta(days=n))
    tables = [stage for table in ("flights", "weather", "outcomes") for stage in stages_of(table)]
    stages = [loop.model.path(stage) for stage in (*names.DAILY, *names.ON_LABELS)]
    last = str(FIRST + timedelta(days=HISTORY_DAYS - 1))
    succeeded(loop.run(*tables, *stages, first=str(FIRST), last=last))
    succeeded(loop.run_stages(names.RETRAINING))
    # Outcomes of the measured days are known beforehand, so that each day looks back on 14.
    later = days_after_history(more_days)
    succeeded(loop.run(*stages_of("outcomes"), first=later[0], last=later[-1]))
    return loop
