"""A trained loop of one's own: a copy that a test may change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dagster import DagsterInstance

from ml_platform.core import names
from ml_platform_tests.end_to_end.loop import Loop
from ml_platform_tests.end_to_end.trained import DAY
from ml_platform_tests.lifecycle.rollout_home import MODEL, QUICK, RolloutHome, declared


@pytest.fixture
def own(trained: Loop, tmp_path: Path) -> Iterator[Loop]:
    """The files of the trained loop, with an event log that is empty yet."""
    home = tmp_path / "home"
    shutil.copytree(trained.home, home)
    with DagsterInstance.ephemeral() as instance:
        yield trained.having(home=home, instance=instance)


@pytest.fixture
def unlabelled(own: Loop) -> Loop:
    """The loop before the outcomes of its last day came: a second training finds no new rows."""
    labels = own.lake.table(own.model.table(names.LABELS))
    labels.replace_arrow(labels.read_arrow([DAY]).slice(0, 0), [DAY])
    return own


@pytest.fixture(scope="module")
def rollout_template(
    tmp_path_factory: pytest.TempPathFactory, empty_registry: Path
) -> Iterator[RolloutHome]:
    """Two versions, the first is champion."""
    home = tmp_path_factory.mktemp("template")
    shutil.copy(empty_registry, home)
    with DagsterInstance.ephemeral() as instance:
        made = RolloutHome(home, declared(QUICK), instance)
        for _ in range(2):
            made.register()
        made.registry.promote(MODEL, 1)
        yield made


@pytest.fixture
def rollout_home(rollout_template: RolloutHome, tmp_path: Path) -> RolloutHome:
    """A home with a declared rollout, its champion and one more version."""
    shutil.copy(rollout_template.home / "mlflow.db", tmp_path)
    return replace(rollout_template, home=tmp_path)
