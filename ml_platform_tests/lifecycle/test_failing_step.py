"""Which step keeps a model from its first champion, by what Dagster has recorded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetsDefinition,
    DagsterInstance,
    MaterializeResult,
    asset,
    materialize,
)

from ml_platform.core import names
from ml_platform.lifecycle.failing_step import failing_step
from ml_platform.lifecycle.model import Model
from ml_platform_tests.components.flight_delay import declared_model


@pytest.fixture(scope="module")
def model() -> Model:
    return declared_model()


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as made:
        yield made


def step(*key: str, error: str = "") -> AssetsDefinition:
    @asset(key=list(key))
    def made() -> None:
        if error:
            raise ValueError(error)

    return made


def run(instance: DagsterInstance, *steps: AssetsDefinition) -> None:
    materialize(steps, instance=instance, raise_on_error=False)


def test_nothing_fails_where_nothing_has_run(model: Model, instance: DagsterInstance) -> None:
    assert failing_step(model, instance) == ""


def test_a_step_of_the_model_is_named_with_why_until_it_succeeds(
    model: Model, instance: DagsterInstance
) -> None:
    run(instance, step("flight_delay", "features", error="no column dist\nand a long plan"))
    said = failing_step(model, instance)
    assert said == "flight_delay/features fails: ValueError: no column dist"
    run(instance, step("flight_delay", "features"))
    assert failing_step(model, instance) == ""


def test_a_step_of_a_table_it_reads_counts_and_another_models_does_not(
    model: Model, instance: DagsterInstance
) -> None:
    run(instance, step("other", "features", error="not mine"))
    assert failing_step(model, instance) == ""
    run(instance, step("weather", "raw", error="cannot be read"))
    assert failing_step(model, instance) == "weather/raw fails: ValueError: cannot be read"


def test_labels_that_are_none_are_what_is_missing(model: Model, instance: DagsterInstance) -> None:
    @asset(
        key=["flight_delay", names.LABELS],
        check_specs=[AssetCheckSpec(names.LABEL_JOIN, asset=["flight_delay", names.LABELS])],
    )
    def labels() -> MaterializeResult:
        check = AssetCheckResult(passed=False, description='20 values are no label: "UP" 20 times')
        return MaterializeResult(check_results=[check])

    run(instance, labels)
    said = failing_step(model, instance)
    assert said.startswith("flight_delay/labels")
    assert said.endswith('20 values are no label: "UP" 20 times')
