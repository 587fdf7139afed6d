"""What a run reports of its checks: each partition that was judged; of the others, why not."""

from collections.abc import Iterator, Mapping

import pytest
from dagster import (
    AssetCheckKey,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    BackfillPolicy,
    DagsterInstance,
    DailyPartitionsDefinition,
    asset,
    materialize,
)

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.check_history import (
    Finding,
    by_partition,
    findings,
)
from ml_platform.lifecycle.check_results import (
    MOST_ROWS,
    _over_range,
    outcome_metadata,
    written,
    written_whole,
)
from ml_platform.lifecycle.optional_checks import optional_checks

PATH, CHECK = ("small", "drift"), "column_drift"
KEY = AssetKey(list(PATH))
DAYS = DailyPartitionsDefinition("2013-01-01", end_date="2013-01-05")
FIRST, SECOND, THIRD = "2013-01-01", "2013-01-02", "2013-01-03"
RANGE = {"dagster/asset_partition_range_start": FIRST, "dagster/asset_partition_range_end": THIRD}
NONE = dict.fromkeys((FIRST, SECOND, THIRD), Verdict.NOT_EVALUATED)


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as made:
        yield made


def checked(verdicts: Mapping[str, Verdict]) -> AssetsDefinition:
    @optional_checks
    @asset(
        key=KEY,
        partitions_def=DAYS,
        backfill_policy=BackfillPolicy.single_run(),
        check_specs=[AssetCheckSpec(CHECK, asset=KEY, partitions_def=DAYS, blocking=True)],
    )
    def drift(context: AssetExecutionContext) -> Iterator[object]:
        outcomes = {p: CheckOutcome(verdicts[p], f"as told of {p}") for p in context.partition_keys}
        yield from written(context, PATH, {}, {CHECK: outcomes})

    return drift


def run(instance: DagsterInstance, verdicts: Mapping[str, Verdict], day: str | None = None) -> None:
    after = follower()
    if day is None:
        assert materialize([checked(verdicts), after], instance=instance, tags=RANGE).success
    else:
        assert materialize([checked(verdicts), after], instance=instance, partition_key=day).success
    assert instance.get_latest_materialization_event(AssetKey("follower"))


def follower() -> AssetsDefinition:
    @asset(deps=[KEY], partitions_def=DAYS, backfill_policy=BackfillPolicy.single_run())
    def follower() -> None:
        pass

    return follower


def told(instance: DagsterInstance) -> dict[str | None, Verdict]:
    found: list[Finding] = by_partition(findings(instance, PATH, CHECK, 100), 10)
    return {each.partition: each.verdict for each in found}


def statuses(instance: DagsterInstance) -> dict[str | None, str]:
    """What the UI shows of each partition, by its newest record."""
    history = instance.event_log_storage.get_asset_check_execution_history
    records = history(AssetCheckKey(KEY, CHECK), limit=100)
    return {each.partition: each.status.value for each in reversed(records)}


def test_what_was_not_evaluated_is_skipped_and_holds_nothing_up(instance: DagsterInstance) -> None:
    run(instance, NONE, THIRD)
    assert statuses(instance) == {THIRD: "PLANNED"}  # "skipped" once its run has succeeded
    [gap] = findings(instance, PATH, CHECK, 10)
    assert (gap.partition, gap.verdict) == (THIRD, Verdict.NOT_EVALUATED)
    assert gap.sentence == f"as told of {THIRD}"


def test_a_verdict_that_can_no_longer_be_given_is_withdrawn(instance: DagsterInstance) -> None:
    first = {FIRST: Verdict.PASSED, SECOND: Verdict.WARNED, THIRD: Verdict.NOT_EVALUATED}
    run(instance, first)
    assert told(instance) == first
    assert statuses(instance)[THIRD] == "PLANNED"

    run(instance, first | {SECOND: Verdict.NOT_EVALUATED})
    assert told(instance) == first | {SECOND: Verdict.NOT_EVALUATED}
    assert statuses(instance)[SECOND] == "PLANNED"


def test_what_a_run_of_one_partition_reported_is_withdrawn_by_a_range(
    instance: DagsterInstance,
) -> None:
    run(instance, {THIRD: Verdict.WARNED}, THIRD)
    assert told(instance) == {THIRD: Verdict.WARNED}
    run(instance, NONE)
    assert told(instance) == NONE


def test_a_range_says_of_each_partition_why(instance: DagsterInstance) -> None:
    run(instance, NONE)
    gaps = findings(instance, PATH, CHECK, 10)
    assert {gap.partition: gap.sentence for gap in gaps} == {
        day: f"as told of {day}" for day in (FIRST, SECOND, THIRD)
    }


def test_what_was_cut_short_is_no_gap(instance: DagsterInstance) -> None:
    @optional_checks
    @asset(key=KEY, partitions_def=DAYS, check_specs=[AssetCheckSpec(CHECK, asset=KEY)])
    def drift() -> Iterator[object]:
        raise RuntimeError("the disk is full")
        yield

    broken = materialize([drift], instance=instance, partition_key=THIRD, raise_on_error=False)
    assert not broken.success
    assert findings(instance, PATH, CHECK, 10) == []


def test_an_asset_without_partitions_says_why_as_well(instance: DagsterInstance) -> None:
    outcomes = {CHECK: not_evaluated("no request waited to be moved")}

    @optional_checks
    @asset(key=KEY, check_specs=[AssetCheckSpec(CHECK, asset=KEY)])
    def drift() -> Iterator[object]:
        yield from written_whole(PATH, {}, outcomes)

    assert materialize([drift], instance=instance).success
    [gap] = findings(instance, PATH, CHECK, 10)
    assert (gap.partition, gap.sentence) == (None, "no request waited to be moved")
    outcomes[CHECK] = CheckOutcome(Verdict.PASSED, "3 requests were moved")
    assert materialize([drift], instance=instance).success
    assert findings(instance, PATH, CHECK, 10)[0].verdict is Verdict.PASSED


def test_of_a_long_table_the_first_rows_are_kept_and_the_rest_is_counted() -> None:
    def kept(rows: int) -> tuple[int, object]:
        table = tuple({"column": f"c{number}", "value": 1.0} for number in range(rows))
        metadata = outcome_metadata(CheckOutcome(Verdict.WARNED, "drift", table=table))
        return len(metadata["details"].records), metadata.get("rows_not_shown")  # type: ignore[attr-defined]

    assert kept(MOST_ROWS) == (MOST_ROWS, None)
    assert kept(2_000) == (MOST_ROWS, 2_000 - MOST_ROWS)


def test_the_sum_of_a_long_range_shows_its_gravest_days() -> None:
    outcomes = {f"{n:03}": CheckOutcome(Verdict.PASSED, "fine") for n in range(100)}
    outcomes["099"] = CheckOutcome(Verdict.FAILED, "broken")
    summed = _over_range(outcomes)
    assert [row["partition"] for row in summed.table[:3]] == ["099", "000", "001"]
