"""One state of the loop for all tests here: it is made once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dagster import DagsterInstance

from ml_platform_tests.end_to_end.ground import Ground
from ml_platform_tests.end_to_end.loop import Loop


@pytest.fixture(scope="session")
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture(scope="session")
def ground(
    spark: Any, instance: DagsterInstance, tmp_path_factory: pytest.TempPathFactory
) -> Ground:
    return Ground(Loop(tmp_path_factory.mktemp("ground"), instance, {}))
