"""A run over a range reports each partition that was judged, and withdraws old verdicts."""

from collections.abc import Iterator, Mapping

import pytest
from dagster import (
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    BackfillPolicy,
    DagsterInstance,
    DailyPartitionsDefinition,
    MaterializeResult,
    asset,
    materialize,
)

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.check_history import Finding, by_partition, findings
from ml_platform.lifecycle.check_results import check_result
from ml_platform.lifecycle.standing_verdicts import standing_verdicts

PATH, CHECK = ("small", "drift"), "column_drift"
DAYS = DailyPartitionsDefinition("2013-01-01", end_date="2013-01-05")
FIRST, SECOND, THIRD = "2013-01-01", "2013-01-02", "2013-01-03"
RANGE = {"dagster/asset_partition_range_start": FIRST, "dagster/asset_partition_range_end": THIRD}


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as made:
        yield made


def checked(verdicts: Mapping[str, Verdict]) -> AssetsDefinition:
    key = AssetKey(list(PATH))

    @asset(
        key=key,
        partitions_def=DAYS,
        backfill_policy=BackfillPolicy.single_run(),
        check_specs=[AssetCheckSpec(CHECK, asset=key, partitions_def=DAYS)],
    )
    def drift(context: AssetExecutionContext) -> Iterator[object]:
        yield MaterializeResult()
        outcomes = {p: CheckOutcome(verdicts[p], "as told") for p in context.partition_keys}
        yield check_result(context, PATH, CHECK, outcomes)

    return drift


def told(instance: DagsterInstance) -> dict[str | None, Verdict]:
    found: list[Finding] = by_partition(findings(instance, PATH, CHECK, 100), 10)
    return {each.partition: each.verdict for each in found}


def test_a_verdict_that_can_no_longer_be_given_is_withdrawn(instance: DagsterInstance) -> None:
    first = {FIRST: Verdict.PASSED, SECOND: Verdict.FAILED, THIRD: Verdict.NOT_EVALUATED}
    assert materialize([checked(first)], instance=instance, tags=RANGE).success
    # What was never evaluated is not reported: a history has many such partitions.
    assert told(instance) == {FIRST: Verdict.PASSED, SECOND: Verdict.FAILED}

    again = first | {SECOND: Verdict.NOT_EVALUATED}
    assert materialize([checked(again)], instance=instance, tags=RANGE).success
    assert told(instance) == {FIRST: Verdict.PASSED, SECOND: Verdict.NOT_EVALUATED}


def test_what_a_run_of_one_partition_reported_counts_as_well(instance: DagsterInstance) -> None:
    failed = {THIRD: Verdict.FAILED}
    assert materialize([checked(failed)], instance=instance, partition_key=THIRD).success
    assert standing_verdicts(instance, PATH, CHECK, [FIRST, THIRD]) == {THIRD}

    none = dict.fromkeys((FIRST, SECOND, THIRD), Verdict.NOT_EVALUATED)
    assert materialize([checked(none)], instance=instance, tags=RANGE).success
    assert told(instance) == {THIRD: Verdict.NOT_EVALUATED}
    assert standing_verdicts(instance, PATH, CHECK, [FIRST, THIRD]) == set()
