from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ml_platform.core.concept_drift.mean_reference import MeanReference
from ml_platform.core.concept_drift.value_drift import (
    ValueReference,
    judge_values,
)
from ml_platform.core.verdict import Verdict

ALARMS = 1 / 365


def labels(
    days: int, seed: int = 0, mean: float = 100.0, spread: float = 20.0, rows: int = 200
) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.normal(mean, spread, days * rows), np.repeat(
        [f"2013-{d // 28 + 1:02d}-{d % 28 + 1:02d}" for d in range(days)], rows
    )


def reference(days: int = 30, held_out: int = 7, rows: int = 200) -> ValueReference:
    value, day = labels(days, rows=rows)
    cut = (days - held_out) * rows
    return ValueReference.of(value[cut:], day[cut:], value[:cut], day[:cut])


def test_labels_like_the_hold_outs_are_no_drift() -> None:
    found = judge_values(labels(3, seed=1)[0], 3, reference(), ALARMS, 200)
    assert found.verdict is Verdict.PASSED
    assert found.sentence.startswith(
        "labels stray no more than their days do: mean 99.122 against "
    )
    assert "over 3 days" in found.sentence


def test_labels_that_moved_or_spread_are_drift() -> None:
    moved = judge_values(labels(3, 1, mean=110.0)[0], 3, reference(), ALARMS, 200)
    assert moved.verdict is Verdict.WARNED
    assert abs(moved.numbers["mean_deviations"]) > moved.numbers["bound"]
    spread = judge_values(labels(3, 1, spread=35.0)[0], 3, reference(), ALARMS, 200)
    assert spread.verdict is Verdict.WARNED
    assert abs(spread.numbers["mean_deviations"]) < spread.numbers["bound"]
    assert spread.numbers["width_deviations"] > spread.numbers["bound"]


@pytest.mark.parametrize("extreme", [1e6, -1e6])
def test_one_label_of_a_million_changes_no_verdict(extreme: float) -> None:
    odd = labels(3, seed=1)[0]
    odd[17] = extreme
    found = judge_values(odd, 3, reference(), ALARMS, 200)
    assert (found.verdict, found.numbers["brought_in"]) == (Verdict.PASSED, 1)

    value, day = labels(30)
    for at in (50, 5_500):  # one that was learnt from, and one of the hold-out
        value[at] = extreme
    seen = ValueReference.of(value[4_600:], day[4_600:], value[:4_600], day[:4_600])
    moved = judge_values(labels(3, 1, mean=110.0)[0], 3, seen, ALARMS, 200)
    assert (moved.verdict, moved.numbers["brought_in"]) == (Verdict.WARNED, 0)


def test_where_nearly_all_labels_are_the_same_none_is_brought_in() -> None:
    value, day = np.zeros(6_000), labels(30)[1]
    value[::200] = 7.0
    kept = ValueReference.of(value[4_600:], day[4_600:], value[:4_600], day[:4_600])
    assert kept.reach == np.inf
    assert kept.level.mean == pytest.approx(7 / 200)


def test_few_labels_no_reference_and_few_days_are_not_evaluated() -> None:
    value = labels(3)[0]
    assert "100 of 200 labels" in judge_values(value[:100], 1, reference(), ALARMS, 200).sentence
    assert "nothing of them was kept" in judge_values(value, 3, None, ALARMS, 200).sentence
    few = judge_values(value, 3, reference(days=2, held_out=1), ALARMS, 200)
    assert "the training set has 2" in few.sentence
    assert few.verdict is Verdict.NOT_EVALUATED


def test_without_an_effect_of_days_the_distance_is_that_of_welch() -> None:
    value, day = labels(40, rows=500)
    kept = MeanReference.of(value, day, np.repeat([False, True], [33 * 500, 7 * 500]))
    assert kept.day_variance < 0.02 * kept.row_variance
    plain = MeanReference(kept.mean, kept.row_variance, kept.rows, kept.days, 0.0, 0.0, 40)
    later = labels(3, seed=2, rows=500)[0]
    held_out = value[33 * 500 :]
    theirs = stats.ttest_ind(later, held_out, equal_var=False).statistic
    assert plain.deviations(float(later.mean()), len(later), 3) == pytest.approx(theirs, rel=0.05)


def test_alarms_keep_their_budget() -> None:
    """Of 300 windows without drift, as many alarms as asked for, though days differ."""
    alarms = 0
    for seed in range(300):
        generator = np.random.default_rng(seed)
        effect = generator.normal(0, 5, 43)
        value = generator.normal(100 + effect.repeat(50), 20)
        day = np.repeat([f"{d:03d}" for d in range(43)], 50)
        kept = ValueReference.of(
            value[33 * 50 : 40 * 50], day[33 * 50 : 40 * 50], value[: 33 * 50], day[: 33 * 50]
        )
        alarms += judge_values(value[40 * 50 :], 3, kept, 0.05, 100).verdict is Verdict.WARNED
    assert alarms <= 0.05 * 300 * 1.4


@given(st.floats(-1e3, 1e3))
def test_labels_that_never_vary_are_near_when_equal_and_far_when_not(other: float) -> None:
    same = np.full(400, 5.0)
    day = np.repeat(["a", "b", "c", "d"], 100)
    kept = MeanReference.of(same, day, np.arange(400) >= 300)
    assert kept.deviations(5.0, 100, 1) == 0.0
    assert (abs(kept.deviations(other, 100, 1)) == np.inf) == (other != 5.0)
