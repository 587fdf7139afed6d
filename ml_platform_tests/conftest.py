"""What the whole suite shares: a Spark session, a trained loop, how properties are searched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from ml_platform.spark.session import open_session
from ml_platform.stores.registry_connection import ensure_registry
from ml_platform_tests.made_once import made_once, session_folder
from ml_platform_tests.work_order import LongestFirst, processes

# A busy machine makes slow examples, not wrong ones; CI searches the same examples each time.
settings.register_profile(
    "ml_platform", deadline=None, derandomize=os.environ.get("CI", "").lower() == "true"
)
settings.load_profile("ml_platform")


# Tests do little with many plans: compiling Java further than it takes to start with it was most
# of what Spark's processes did. What is computed does not depend on it.
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
os.environ.setdefault("SPARK_SUBMIT_OPTS", QUICK_JAVA)
os.environ.setdefault("SPARK_LAUNCHER_OPTS", QUICK_JAVA)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongestFirst:
    """How the tests are dealt out to the processes of ``-n``."""
    return LongestFirst(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """How many processes ``-n auto`` starts."""
    return processes()


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
def made_for_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of what is made once for all processes of the session."""
    return session_folder(tmp_path_factory)


@pytest.fixture(scope="session")
def empty_registry(made_for_all: Path) -> Path:
    """MLflow's database without a row, to be copied: making its tables takes seconds."""

    def make(folder: Path) -> None:
        ensure_registry(f"sqlite:///{folder / 'mlflow.db'}")

    return made_once(made_for_all / "registry", make) / "mlflow.db"


@pytest.fixture(scope="session")
def trained(spark: Any, made_for_all: Path, empty_registry: Path) -> Iterator[Any]:
    """A loop with a week behind it and a champion; made once, only to be read or copied."""
    from ml_platform_tests.end_to_end.trained import kept_loop

    with kept_loop(made_for_all / "trained", empty_registry) as loop:
        yield loop
