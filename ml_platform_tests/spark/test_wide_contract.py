"""A contract works however many columns it has, in a classic session and over Spark Connect."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ml_platform.engine.java import ensure_java
from ml_platform.engine.ports import free_port
from ml_platform.engine.spark_server import remote_address, spark_server
from ml_platform_tests.spark.wide_contract import separated

WIDTHS = (1, 13, 60)


def expected(columns: int) -> dict[str, int]:
    return {"good": 2, "reasons": columns, "failing checks": columns, "judged": 2}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    ensure_java()
    port = free_port()
    log = tmp_path / "server.log"
    server = spark_server(port, tmp_path / "spark", log, os.environ, start_seconds=1200)
    server.start()
    try:
        server.wait_until_ready()
        yield remote_address(port)
    finally:
        server.stop()


@pytest.mark.slow
def test_each_reason_of_a_row_is_found_over_connect_whatever_the_width(
    address: str, tmp_path: Path
) -> None:
    # A process of its own: one that has a classic session cannot be a client as well.
    command = [
        sys.executable,
        "-m",
        "ml_platform_tests.spark.wide_contract",
        address,
        str(tmp_path),
    ]
    ended = subprocess.run([*command, *map(str, WIDTHS)], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr[-4000:]
    found = json.loads(ended.stdout)
    for columns in WIDTHS:
        assert found[str(columns)].items() >= expected(columns).items()


def test_each_reason_of_a_row_is_found_in_a_classic_session(spark: Any, tmp_path: Path) -> None:
    assert separated(spark, tmp_path, 30).items() >= expected(30).items()
