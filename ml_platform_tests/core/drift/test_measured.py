from __future__ import annotations

from dataclasses import replace
from math import inf, isnan

from ml_platform.core.drift.measured import measure, suited
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.score_profile import SCORE
from ml_platform_tests.core.drift.days import profile

LIMITS = DriftSpec(min_rows=100)
STILL = [0, 500, 500, 0]


def test_a_statistic_is_measured_where_it_suits() -> None:
    def names(column: str, kind: str) -> list[str]:
        return [each.name for each in suited(profile(column, STILL, kind), LIMITS)]

    assert names("x", "numeric") == ["wasserstein", "psi", "missing_rate", "unseen_rate"]
    assert names("x", "categorical") == ["psi", "l_infinity", "missing_rate", "unseen_rate"]
    assert names(SCORE, "numeric") == ["wasserstein", "psi"]


def test_a_column_that_the_window_lacks_has_no_rows() -> None:
    found = list(measure({"x": profile("x", STILL)}, {"y": profile("y", STILL)}, 7, LIMITS))

    assert {each.column for each in found} == {"x"}
    assert {each.why for each in found} == {"0 rows; both sides need 100 rows"}
    assert all(isnan(each.value) for each in found)


def test_missing_values_count_where_a_statistic_is_of_rows() -> None:
    window = {"x": profile("x", [0, 10, 10, 0], missing=500)}

    found = {
        each.statistic: each for each in measure({"x": profile("x", STILL)}, window, 7, LIMITS)
    }

    assert found["missing_rate"].rows == 520
    assert found["missing_rate"].value > 0.9
    assert found["wasserstein"].why == "20 rows; both sides need 100 rows"


def test_a_statistic_that_is_not_defined_says_so() -> None:
    limits = DriftSpec(statistics=("wasserstein",), min_rows=1)
    # Sums that exceed the range of a float have no mean.
    huge = replace(profile("x", STILL), sums=(0.0, 1.0, inf, 0.0))
    small = replace(profile("x", STILL), sums=(0.0, 1.0, 2.0, 0.0))

    [found] = measure({"x": huge}, {"x": small}, 7, limits)

    assert found.why == "no Wasserstein can be computed"
