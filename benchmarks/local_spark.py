"""One classic local session, configured as the platform does, for the length of a benchmark."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ml_platform.engine.java import ensure_java
from ml_platform.spark.session import open_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@contextmanager
def local_spark() -> Iterator[tuple[SparkSession, Path]]:
    """A session and a scratch folder; both are gone afterwards."""
    ensure_java()
    with tempfile.TemporaryDirectory(prefix="benchmark") as folder:
        spark = open_session(None, Path(folder) / "spark")
        try:
            yield spark, Path(folder)
        finally:
            spark.stop()
