from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.quality import (
    PartitionCount,
    Reason,
    conservation_outcome,
    contract_outcome,
    joined_outcome,
)
from ml_platform.core.verdict import Verdict

CARRIER = Reason("carrier", "isin(AA, UA)", 30, "??")


def test_a_partition_that_keeps_the_contract_passes() -> None:
    outcome = contract_outcome(PartitionCount(900, 0), [], 0.05, False)

    assert outcome.verdict is Verdict.PASSED
    assert outcome.sentence == "all 900 rows keep the contract"


def test_a_partition_without_rows_breaks_nothing() -> None:
    outcome = contract_outcome(PartitionCount(0, 0), [], 0.05, True)

    assert outcome.verdict is Verdict.PASSED
    assert outcome.numbers["quarantined_share"] == 0.0


def test_a_few_refused_rows_warn_and_show_the_reasons() -> None:
    outcome = contract_outcome(PartitionCount(900, 30), [CARRIER], 0.05, False)

    assert outcome.verdict is Verdict.WARNED
    assert outcome.sentence == (
        "30 of 900 rows (3.3%) break the contract, mostly carrier: isin(AA, UA); "
        "set aside in quarantine"
    )
    assert outcome.table == (
        {"column": "carrier", "check": "isin(AA, UA)", "rows": 30, "example": "??"},
    )


def test_more_than_the_share_allowed_blocks_the_partition() -> None:
    outcome = contract_outcome(
        PartitionCount(100, 6), [Reason("", "fields", 6, "a,b")], 0.05, False
    )

    assert outcome.verdict is Verdict.FAILED
    assert outcome.sentence == (
        "6 of 100 rows (6.0%) break the contract, mostly the row: fields; "
        "the limit is 5%: partition blocked"
    )


def test_just_the_share_allowed_does_not_block() -> None:
    assert contract_outcome(PartitionCount(100, 5), [], 0.05, False).verdict is Verdict.WARNED


def test_a_single_row_blocks_where_any_violation_fails() -> None:
    outcome = contract_outcome(PartitionCount(1_000, 1), [], 0.05, True)

    assert outcome.verdict is Verdict.FAILED
    assert outcome.sentence == (
        "1 of 1,000 rows (0.1%) breaks the contract; the limit is 0%: partition blocked"
    )


def test_a_limit_is_said_as_exactly_as_it_was_declared() -> None:
    outcome = contract_outcome(PartitionCount(10_000, 6), [], 0.0005, False)

    assert outcome.sentence.endswith("the limit is 0.05%: partition blocked")


def test_a_single_row_is_not_many() -> None:
    kept = contract_outcome(PartitionCount(1, 0), [], 0.05, False)

    assert kept.sentence == "the only row keeps the contract"


@given(st.integers(0, 1_000), st.integers(0, 1_000), st.integers(0, 1_000))
def test_rows_are_conserved_exactly_when_the_two_sides_add_up(
    landed: int, validated: int, quarantined: int
) -> None:
    outcome = conservation_outcome(PartitionCount(landed, quarantined), validated)

    assert outcome.verdict.passed == (landed == validated + quarantined)
    assert outcome.verdict.evaluated


def test_a_lost_row_is_said_with_both_sides() -> None:
    outcome = conservation_outcome(PartitionCount(100, 5), 94)

    assert outcome.sentence == "rows lost or made: not 100 landed = 94 validated + 5 quarantined"


def test_a_blocked_partition_has_nothing_to_conserve() -> None:
    outcome = conservation_outcome(PartitionCount(100, 50), None)

    assert outcome.verdict is Verdict.NOT_EVALUATED
    assert outcome.sentence == "the partition is blocked: what was validated of it before stays"


@pytest.mark.parametrize(
    ("rows", "verdict", "sentence"),
    [
        (100, Verdict.PASSED, "100 feature rows for 100 events"),
        (97, Verdict.FAILED, "3 rows lost: 97 feature rows for 100 events"),
        (101, Verdict.FAILED, "1 row made: 101 feature rows for 100 events"),
    ],
)
def test_a_join_neither_loses_nor_makes_rows(rows: int, verdict: Verdict, sentence: str) -> None:
    outcome = joined_outcome(100, rows)

    assert (outcome.verdict, outcome.sentence) == (verdict, sentence)


def test_rows_without_a_single_event_were_made() -> None:
    outcome = joined_outcome(0, 2)

    assert outcome.verdict is Verdict.FAILED
    assert outcome.sentence == "2 rows made: 2 feature rows for 0 events"


def test_a_join_of_no_events_proves_nothing() -> None:
    outcome = joined_outcome(0, 0)

    assert outcome.verdict is Verdict.NOT_EVALUATED
    assert outcome.sentence == "there are no events: the primary table has no rows here"


def test_a_check_of_the_table_as_a_whole_blocks_the_partition() -> None:
    outcome = contract_outcome(PartitionCount(900, 0), [], 0.05, False, ["busy_enough"])

    assert outcome.verdict is Verdict.FAILED
    assert outcome.sentence == "the table as a whole breaks busy_enough: partition blocked"
