from __future__ import annotations

import pytest

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.quality_over_time.schema_change import schema_outcome, schema_rows
from ml_platform.core.verdict import Verdict

BEFORE = {"carrier": "string", "flight": "int64", "gate": "string"}
CONTRACT = ("carrier", "flight", "tailnum")


def _outcome(now: dict[str, str], complete: bool = True) -> CheckOutcome:
    return schema_outcome(now, BEFORE, "2013-01-06", CONTRACT, complete)


def test_the_same_columns_pass_in_any_order() -> None:
    outcome = _outcome(dict(reversed(BEFORE.items())))

    assert (outcome.verdict, outcome.sentence) == (Verdict.PASSED, "the 3 columns of 2013-01-06")


@pytest.mark.parametrize(
    ("now", "said", "verdict"),
    [
        ({"flight": "double"}, "flight changed type (int64 to double)", Verdict.FAILED),
        ({"carrier": ""}, "carrier vanished", Verdict.FAILED),
        ({"tailnum": "string"}, "tailnum appeared", Verdict.WARNED),
        ({"gate": ""}, "gate vanished", Verdict.WARNED),
        ({"gate": "int64"}, "gate changed type (string to int64)", Verdict.WARNED),
        ({"crew": "int64"}, "crew appeared", Verdict.WARNED),
    ],
)
def test_what_is_read_fails_and_what_is_not_warns(
    now: dict[str, str], said: str, verdict: Verdict
) -> None:
    outcome = _outcome({name: kind for name, kind in (BEFORE | now).items() if kind})

    assert (outcome.verdict, outcome.sentence) == (verdict, f"since 2013-01-06: {said}")
    assert outcome.numbers["changes"] == 1


def test_of_the_first_lines_of_a_file_nothing_is_concluded() -> None:
    assert _outcome({"flight": "int64", "crew": "text"}, complete=False).verdict is Verdict.WARNED
    assert _outcome(BEFORE | {"crew": "text"}, complete=False).verdict is Verdict.PASSED
    assert _outcome(BEFORE | {"gate": "null"}).verdict is Verdict.PASSED


def test_the_first_partition_has_nothing_to_differ_from() -> None:
    outcome = schema_outcome(BEFORE, None, "", CONTRACT, True)

    assert outcome.verdict is Verdict.NOT_EVALUATED


def test_each_column_is_recorded_with_what_was_found_of_it() -> None:
    now = {"carrier": "string", "flight": "double"}
    rows = {row["column"]: row for row in schema_rows(now, _outcome(now))}

    assert {name: (row["value"], row["detail"], row["verdict"]) for name, row in rows.items()} == {
        "carrier": (1.0, "string", "passed"),
        "flight": (1.0, "double", "failed"),
        "gate": (0.0, "", "failed"),
    }
    first = schema_outcome(now, None, "", CONTRACT, True)
    assert {row["verdict"] for row in schema_rows(now, first)} == {"not_evaluated"}
