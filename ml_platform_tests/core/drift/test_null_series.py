from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ml_platform.core.drift.null_series import NullSeries, null_series
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ProfileError
from ml_platform_tests.core.drift.days import numbers, partitions, profile

LIMITS = DriftSpec(statistics=("kolmogorov_smirnov", "missing_rate"))


def _of(days: int, span: int, length: int = 0, limits: DriftSpec = LIMITS) -> Sequence[NullSeries]:
    counts = numbers(np.random.default_rng(0), days)
    parts = [(key, found["x"]) for key, found in partitions({"x": counts})]
    return list(null_series("x", parts, limits, span, length))


@pytest.mark.parametrize(("span", "length", "windows"), [(1, 0, 40), (7, 0, 34), (7, 10, 24)])
def test_there_is_a_value_for_every_window_that_fits(span: int, length: int, windows: int) -> None:
    for null in _of(40, span, length):
        assert len(null.series) == len(null.phases) == windows
        assert (null.kind, null.draft.span, null.draft.why) == ("numeric", span, "")


def test_phases_are_those_of_the_last_partition() -> None:
    [first, _] = _of(60, 3)

    # The first day is a Monday, so the first window ends on a Wednesday.
    assert first.phases[:6].tolist() == [2, 3, 4, 5, 6, 0]
    assert first.cycle == 7


def test_what_is_declared_has_no_series() -> None:
    limits = DriftSpec(statistics=("psi", "missing_rate"), thresholds={"psi": 0.5})

    assert [null.draft.statistic for null in _of(20, 1, limits=limits)] == ["missing_rate"]


def test_partitions_in_other_bins_are_refused() -> None:
    parts = [("2026-01-05", profile("x", [0, 9, 0])), ("2026-01-06", profile("x", [0, 9, 9, 0]))]

    with pytest.raises(ProfileError):
        list(null_series("x", parts, LIMITS, 1, 0))
