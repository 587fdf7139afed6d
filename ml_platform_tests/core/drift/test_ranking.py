from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.drift.ranking import (
    GREATEST_EFFECT,
    drift_phrase,
    drifted_importance,
    rank_columns,
)


def line(column: str, value: float, threshold: float = 0.1, **other: Any) -> dict[str, Any]:
    verdict = "failed" if value > threshold else "passed"
    known = {"column": column, "statistic": "kolmogorov_smirnov", "value": value}
    return known | {"threshold": threshold, "verdict": verdict} | other


def test_drifted_columns_come_first_by_importance_and_effect() -> None:
    lines = [line("temp", 0.3), line("precip", 0.2), line("dest", 0.09), line("day", 0.9)]
    shares = {"temp": 0.3, "precip": 0.6, "dest": 0.1}
    ranked = rank_columns(lines, shares)
    assert [each.column for each in ranked] == ["precip", "temp", "day", "dest"]
    assert [each.weight for each in ranked] == pytest.approx([1.2, 0.9, 0, 0.09])
    assert drifted_importance(ranked) == pytest.approx(0.9)


def test_without_importances_the_effect_ranks_and_no_share_is_told() -> None:
    ranked = rank_columns([line("temp", 0.3), line("precip", 0.4)], None)
    assert [each.column for each in ranked] == ["precip", "temp"]
    assert drifted_importance(ranked) is None
    assert drift_phrase(ranked) == "covariate drift in 2 of 2 columns (precip, temp)"


def test_a_column_is_told_by_its_gravest_finding() -> None:
    lines = [
        line("temp", 0.3, statistic="l_infinity", verdict="passed", threshold=0.35),
        line("temp", 0.02, threshold=0.01, statistic="missing_rate"),
        line("temp", 0.9, statistic="unseen_rate"),
        line("temp", float("nan"), verdict="not_evaluated", threshold=float("nan")),
    ]
    [ranked] = rank_columns(lines, {"temp": 1.0})
    assert (ranked.statistic, ranked.drifted, ranked.effect) == ("missing_rate", True, 2.0)
    assert ranked.to_row()["weight"] == 2.0


def test_what_was_not_evaluated_is_not_ranked() -> None:
    assert rank_columns([line("temp", 0.3, verdict="not_evaluated")], {}) == ()
    assert drift_phrase(()) == "no covariate drift in 0 columns"
    assert drifted_importance(()) is None


def test_many_columns_are_counted_and_the_gravest_named() -> None:
    ranked = rank_columns([line(name, 0.2) for name in "abcdefg"], {"a": 0.206, "b": 0.004})
    assert drift_phrase(ranked) == (
        "covariate drift in 7 of 7 columns (a, b, c, d, e and 2 more; "
        "21% of the champion's importance)"
    )


@pytest.mark.parametrize(("value", "effect"), [(0.0, 0.0), (1e-9, GREATEST_EFFECT)])
def test_a_threshold_of_nothing_is_passed_by_anything(value: float, effect: float) -> None:
    [ranked] = rank_columns([line("temp", value, threshold=0.0)], {})
    assert ranked.effect == effect


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0, 1), st.floats(0, 1)), max_size=12),
    st.dictionaries(st.sampled_from("abcd"), st.floats(0, 1)),
)
def test_every_column_is_ranked_once_within_bounds(
    drawn: list[tuple[str, float, float]], shares: dict[str, float]
) -> None:
    ranked = rank_columns([line(*each) for each in drawn], shares)
    assert sorted(each.column for each in ranked) == sorted({column for column, _, _ in drawn})
    assert all(0 <= each.effect <= GREATEST_EFFECT for each in ranked)
    drifted = [each.drifted for each in ranked]
    assert drifted == sorted(drifted, reverse=True)
