from __future__ import annotations

from math import inf

from ml_platform.core.drift.column_drift import ColumnDrift


def test_the_excess_compares_statistics_of_several_kinds() -> None:
    assert ColumnDrift("x", "psi", 0.4, 7, 900, 0.2, True).excess == 2
    assert ColumnDrift("x", "psi", 0.4, 7, 900, 0.0, True).excess == inf
    assert ColumnDrift("x", "psi", 0.4, 7, 9).excess == 0
