"""What the whole suite shares: a Spark session, how properties are searched, who runs what."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from ml_platform.spark.session import open_session

# A busy machine makes slow examples, not wrong ones; CI searches the same examples each time.
settings.register_profile(
    "ml_platform", deadline=None, derandomize=os.environ.get("CI", "").lower() == "true"
)
settings.load_profile("ml_platform")


HERE = Path(__file__).parent
TOGETHER = {"end_to_end": "lifecycle"}
"""Folders that share what takes long to make: a loop with a champion."""


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Keep the tests of a folder in one process of several; those of the core may go anywhere."""
    for item in items:
        folder = item.path.relative_to(HERE).parts[0]
        if folder != "core":
            item.add_marker(pytest.mark.xdist_group(TOGETHER.get(folder, folder)))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One classic local Spark session for every test of the process."""
    session = open_session(None, tmp_path_factory.mktemp("spark"))
    gateway = session.sparkContext._gateway
    yield session
    session.stop()
    # Spark leaves its Java process to end by itself, some time after this one.
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(60)


@pytest.fixture(scope="session")
def trained(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A loop with a week behind it and a champion; made once, only to be read or copied."""
    from ml_platform_tests.end_to_end.trained import trained_loop

    with trained_loop(tmp_path_factory.mktemp("trained")) as loop:
        yield loop
