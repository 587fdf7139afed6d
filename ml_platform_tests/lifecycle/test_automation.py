"""What follows an asset waits where its blocking check failed, and for nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    DagsterInstance,
    DailyPartitionsDefinition,
    Definitions,
    asset,
    evaluate_automation_conditions,
    materialize,
)

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.check_results import written
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform_tests.end_to_end.ground import Ground
from ml_platform_tests.end_to_end.loop import Loop

DAYS = DailyPartitionsDefinition("2013-01-01", end_date="2013-01-05")
DAY = "2013-01-02"
INPUT = ("flights", "validated")


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as made:
        yield made


def chain(verdict: Verdict) -> list[AssetsDefinition]:
    """An input whose blocking check says so, and an asset that follows it."""
    key = AssetKey(list(INPUT))
    contract = AssetCheckSpec(names.CONTRACT, asset=key, blocking=True, partitions_def=DAYS)

    @optional_checks
    @asset(key=key, partitions_def=DAYS, check_specs=[contract])
    def validated(context: AssetExecutionContext) -> Iterator[object]:
        outcomes = {p: CheckOutcome(verdict, "as told") for p in context.partition_keys}
        judged = {names.CONTRACT: outcomes}
        yield from written(context, INPUT, {}, judged, lets_through=[Verdict.WARNED])

    @asset(deps=[key], partitions_def=DAYS, automation_condition=FOLLOW_INPUTS)
    def follower() -> None: ...

    return [validated, follower]


@pytest.mark.parametrize(
    ("verdict", "followed"),
    [
        (Verdict.PASSED, {DAY}),
        (Verdict.WARNED, {DAY}),
        (Verdict.FAILED, set()),
        (Verdict.NOT_EVALUATED, {DAY}),
    ],
)
def test_a_warning_lets_what_follows_go_on(
    instance: DagsterInstance, verdict: Verdict, followed: set[str]
) -> None:
    assets = chain(verdict)
    before = evaluate_automation_conditions(assets, instance)
    materialize(assets[:1], instance=instance, partition_key=DAY, raise_on_error=False)

    after = evaluate_automation_conditions(assets, instance, cursor=before.cursor)

    assert after.get_requested_partitions(AssetKey("follower")) == followed


def test_rows_in_quarantine_do_not_stop_a_correction_on_its_way(
    spark: Any, tmp_path: Path, instance: DagsterInstance
) -> None:
    ground = Ground(Loop(tmp_path, instance, {}))
    day = ground.next_day()
    ground.land_day(day)
    lines = ground.lines("weather", day)
    ground.loop.land("weather", day, "\n".join([*lines, lines[-1].replace("60.0", "160.0")]))
    defs: Definitions = ground.loop.definitions
    before = evaluate_automation_conditions(defs, instance)
    assert ground.loop.ingest("flights", day=day).success
    assert ground.loop.ingest("weather", day=day).success
    contract = ground.loop.finding(names.validated("weather"), names.CONTRACT, day)
    assert contract.verdict is Verdict.WARNED

    after = evaluate_automation_conditions(defs, instance, cursor=before.cursor)

    features = AssetKey(list(ground.loop.model.path(names.FEATURES)))
    assert day in after.get_requested_partitions(features)
