from __future__ import annotations

from math import inf

import pytest

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.quality_over_time.band import Band
from ml_platform.core.quality_over_time.judgement import Judged
from ml_platform.core.quality_over_time.measure import (
    CATEGORY_EXPLOSION,
    DUPLICATES,
    NULL_SPIKE,
    VOLUME,
)
from ml_platform.core.quality_over_time.outcome import gate_outcome, measure_outcome, rows_of
from ml_platform.core.verdict import Verdict

PASSED, FAILED, UNKNOWN = Verdict.PASSED, Verdict.FAILED, Verdict.NOT_EVALUATED


def _nulls(column: str, value: float, verdict: Verdict, upper: float = 0.062) -> Judged:
    band = None if verdict is UNKNOWN else Band(0.01, -inf, upper, 38)
    return Judged("null_spike", column, value, band, verdict, 38 if band else 3)


ROWS = Judged("volume", "", 30, Band(964, 640, 1450, 56, "weekdays"), FAILED, 60)


def test_a_volume_is_told_with_what_is_usual_and_what_is_allowed() -> None:
    outcome = measure_outcome(VOLUME, [ROWS, _nulls("temp", 0.0, PASSED)], 14)

    assert outcome.verdict is FAILED
    assert outcome.sentence == (
        "30 rows (usual 964, allowed 640 to 1,450, from 56 partitions before, by weekdays)"
    )
    assert outcome.numbers == {"value": 30, "usual": 964, "limit": 1450, "lower_limit": 640}


def test_the_columns_that_fail_are_named_the_farthest_first() -> None:
    lines = [_nulls("temp", 0.1, FAILED), _nulls("dewp", 0.45, FAILED), _nulls("wind", 0, PASSED)]

    outcome = measure_outcome(NULL_SPIKE, lines, 14)

    assert outcome.sentence == (
        "45.0% null in dewp (usual 1.0%, allowed at most 6.2%, from 38 partitions before); "
        "10.0% null in temp (usual 1.0%, allowed at most 6.2%, from 38 partitions before)"
    )
    assert [row["column"] for row in outcome.table] == ["dewp", "temp", "wind"]
    assert outcome.numbers["value"] == 0.45


def test_of_many_columns_only_some_are_named() -> None:
    lines = [_nulls(f"c{i}", 0.5, FAILED) for i in range(7)]

    assert measure_outcome(NULL_SPIKE, lines, 14).sentence.endswith("; and 2 more columns")


def test_calm_columns_are_counted_and_the_nearest_to_its_limit_named() -> None:
    lines = [_nulls("temp", 0.0, PASSED), _nulls("dewp", 0.05, PASSED), _nulls("x", 0.9, UNKNOWN)]

    outcome = measure_outcome(NULL_SPIKE, lines, 14)

    assert outcome.verdict is PASSED
    assert outcome.sentence == (
        "as usual in 2 columns; nearest to its limit: 5.0% null in dewp (usual 1.0%, allowed at "
        "most 6.2%, from 38 partitions before)"
    )


def test_other_measures_have_words_of_their_own() -> None:
    twice = Judged("duplicates", "", 0.2, Band(0, -inf, 0.01, 20), FAILED, 20)
    words = Judged("category_explosion", "dest", 900, Band(90, -inf, 120, 20), FAILED, 20)

    assert measure_outcome(DUPLICATES, [twice], 14).sentence.startswith(
        "20.0% of the rows repeat others (usual 0.0%, allowed at most 1.0%"
    )
    assert measure_outcome(CATEGORY_EXPLOSION, [words], 14).sentence.startswith(
        "900 distinct values in dest (usual 90, allowed at most 120"
    )


def test_what_is_missing_is_said_where_nothing_could_be_judged() -> None:
    outcome = measure_outcome(NULL_SPIKE, [_nulls("temp", 0.0, UNKNOWN)], 14)

    assert (outcome.verdict, outcome.sentence) == (UNKNOWN, "3 earlier partitions; 14 are needed")
    assert measure_outcome(DUPLICATES, [ROWS], 14).verdict is UNKNOWN


def test_of_refused_rows_it_is_not_said_that_there_is_nothing_to_measure() -> None:
    refused = measure_outcome(NULL_SPIKE, [ROWS], 14, refused=True)
    never = measure_outcome(NULL_SPIKE, [ROWS], 14)

    assert (refused.verdict, refused.sentence) == (UNKNOWN, "the contract has refused its rows")
    assert never.sentence == "there is nothing of the kind to measure in this table"
    assert measure_outcome(VOLUME, [ROWS], 14, refused=True).verdict is FAILED


def test_one_failed_measure_holds_the_partition_up_and_says_why() -> None:
    gate = gate_outcome(
        {
            "volume": CheckOutcome(FAILED, "30 rows"),
            "null_spike": CheckOutcome(PASSED, "as usual"),
            "schema": CheckOutcome(Verdict.WARNED, "since yesterday: gate appeared"),
        }
    )

    assert gate.verdict is FAILED
    assert gate.sentence == "volume: 30 rows: partition held up"


def test_without_an_alarm_the_gate_is_open_and_says_what_nobody_knows() -> None:
    gate = gate_outcome(
        {"volume": CheckOutcome(PASSED, "1,000 rows"), "null_spike": not_evaluated("3 earlier")}
    )

    assert gate.verdict is PASSED
    assert gate.sentence == "no alarm from 1 measure; not evaluated: null spike"
    assert gate_outcome({"volume": CheckOutcome(PASSED, "")}).sentence == "no alarm from 1 measure"


def test_a_gate_that_nothing_was_asked_by_is_not_evaluated() -> None:
    gate = gate_outcome({"volume": not_evaluated("3 earlier"), "null_spike": not_evaluated("")})

    assert (gate.verdict, dict(gate.numbers)) == (UNKNOWN, {})
    assert gate.sentence == "nothing to judge the partition by yet: volume, null spike"
    assert [row["check"] for row in gate.table] == ["volume", "null_spike"]


def test_what_was_measured_and_not_judged_still_has_its_value() -> None:
    mixed = measure_outcome(NULL_SPIKE, [_nulls("t", 0.2, UNKNOWN)], 14)

    assert mixed.table[0]["value"] == 0.2


def test_rows_for_the_table_hold_no_infinity() -> None:
    volume, nulls, unknown = rows_of([ROWS, _nulls("t", 0, PASSED), _nulls("t", 0, UNKNOWN)])

    assert (volume["lower"], volume["upper"], volume["detail"]) == (640, 1450, "weekdays")
    assert nulls["lower"] is None
    assert (unknown["upper"], unknown["verdict"]) == (None, "not_evaluated")


@pytest.mark.parametrize("value", [0.0, 1e-9])
def test_nearly_nothing_reads_as_nothing(value: float) -> None:
    assert "0.0% null in t" in measure_outcome(NULL_SPIKE, [_nulls("t", value, PASSED)], 1).sentence
