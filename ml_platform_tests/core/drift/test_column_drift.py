from __future__ import annotations

from math import isnan

from ml_platform.core.drift.column_drift import ColumnDrift, column_drifts
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ColumnProfile
from ml_platform_tests.core.drift.profiles import counted

LIMITS = DriftSpec(psi=0.2, missing=0.1, unseen=0.05, min_rows=100)
REFERENCE = counted([0, 500, 500, 0], missing=0)


def _lines(analysis: ColumnProfile) -> dict[str, ColumnDrift]:
    return {line.statistic: line for line in column_drifts(REFERENCE, analysis, LIMITS)}


def test_each_statistic_is_held_against_its_own_limit() -> None:
    lines = _lines(counted([0, 60, 50, 0], missing=30))

    assert {name: line.drifted for name, line in lines.items()} == {
        "psi": False,
        "missing_rate": True,
        "unseen_rate": False,
    }
    assert lines["missing_rate"].threshold == 0.1
    assert (lines["psi"].rows, lines["missing_rate"].rows) == (110, 140)


def test_a_column_gone_empty_is_missing_though_its_values_cannot_be_judged() -> None:
    lines = _lines(counted([0, 0, 0, 0], missing=200))

    assert lines["missing_rate"].drifted
    assert lines["psi"].drifted is None
    assert isnan(lines["psi"].value)
    assert lines["unseen_rate"].drifted is None


def test_one_row_short_is_not_evaluated() -> None:
    assert {x.drifted for x in _lines(counted([0, 99, 0, 0])).values()} == {None}
    assert {x.drifted for x in _lines(counted([0, 0, 0, 100])).values()} == {True, False}


def test_a_thin_reference_is_not_evaluated_either() -> None:
    lines = list(column_drifts(counted([5, 5]), counted([500, 500]), LIMITS))

    assert {line.drifted for line in lines} == {None}
