from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ml_platform.core.concept_drift.label_rate import LabelReference, two_sided_bound


def history(days: int, rows: int = 400, spread: float = 0.0, seed: int = 0) -> tuple[Any, Any]:
    """Labels of some days, whose rates vary around .3, and the day of each."""
    generator = np.random.default_rng(seed)
    rates = np.clip(generator.normal(0.3, spread, days), 0.01, 0.99)
    label = (generator.random((days, rows)) < rates[:, None]).astype(int)
    return label.ravel(), np.repeat([f"{2000 + d}" for d in range(days)], rows)


def reference(spread: float = 0.0, days: int = 60, seed: int = 0) -> LabelReference:
    label, day = history(days, spread=spread, seed=seed)
    last = day >= f"{2000 + days - 7}"
    return LabelReference.of(label[last], day[last], label[~last], day[~last])


def test_the_rate_is_the_hold_outs_and_the_variance_that_of_all_days() -> None:
    found = reference(spread=0.1)
    label, day = history(60, spread=0.1)
    assert found.rate == pytest.approx(label[day >= "2053"].mean())
    assert (found.rows, found.days, found.known_days) == (7 * 400, 7, 60)
    assert 0.8 * 0.1**2 < found.day_variance < 2 * 0.1**2
    assert reference().day_variance < 0.0004


def test_days_that_vary_allow_more() -> None:
    calm, wild = reference(), reference(spread=0.1)
    assert wild.deviation(1_200, 3) > 4 * calm.deviation(1_200, 3)
    assert wild.deviation(1_200, 3) > wild.deviation(1_200, 30)


def test_days_that_follow_each_other_allow_more_than_independent_ones() -> None:
    label, day = history(60)
    order = np.argsort(label, kind="stable")
    trend = LabelReference.of(
        label[order][-2_800:], day[-2_800:], label[order][:-2_800], day[:-2_800]
    )
    assert trend.correlation > 0.8
    assert reference(spread=0.1).correlation < 0.3


def test_a_hold_out_of_one_label_still_allows_for_chance() -> None:
    nothing = LabelReference.of(np.zeros(50), np.array(["a"] * 50), np.zeros(0), np.array([]))
    assert (nothing.rate, nothing.correlation) == (0.0, 0.0)
    assert nothing.deviation(10, 1) > 0


def test_false_alarms_keep_the_declared_budget() -> None:
    """Independent days and histories: each judged once, at ten alarms in a hundred days."""
    bound = two_sided_bound(10, 100)
    alarms = 0
    for seed in range(300):
        label, day = history(33, spread=0.1, seed=seed)
        new, hold = day >= "2030", (day >= "2023") & (day < "2030")
        known = LabelReference.of(label[hold], day[hold], label[day < "2023"], day[day < "2023"])
        z = (label[new].mean() - known.rate) / known.deviation(int(new.sum()), 3)
        alarms += abs(z) > bound
    assert 0 < alarms / 300 <= 0.12


def test_every_day_may_alarm_where_so_many_are_allowed() -> None:
    assert two_sided_bound(1_000, 365) == 0.0
