"""What the whole suite shares: a Spark session, how properties are searched, who runs what."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from ml_platform.spark.session import open_session

# A busy machine makes slow examples, not wrong ones; CI searches the same examples each time.
settings.register_profile(
    "ml_platform", deadline=None, derandomize=os.environ.get("CI", "").lower() == "true"
)
settings.load_profile("ml_platform")


TOGETHER = {"end_to_end": "lifecycle"}
"""Folders that share what takes long to make: a loop with a champion."""


class ByFolder(LoadScopeScheduling):
    """Tests of a folder stay in one process of several; those of the core may go anywhere."""

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.removeprefix("ml_platform_tests/").split("/")[0]
        return nodeid if folder == "core" else TOGETHER.get(folder, folder)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    """How the tests are dealt out to the processes of ``-n``."""
    return ByFolder(config, log)


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
