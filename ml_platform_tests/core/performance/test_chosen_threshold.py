"""How a threshold is chosen, and what is said where it does not keep what it promised."""

from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.performance.bootstrap import bootstrap_intervals
from ml_platform.core.performance.chosen_threshold import (
    ChosenThreshold,
    chosen_threshold,
    folds_of,
    threshold_outcome,
)
from ml_platform.core.performance.interval import Interval
from ml_platform.core.performance.metrics import best_threshold, classification_metrics
from ml_platform.core.verdict import Verdict


def scored(rows: int, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and calibrated scores that say something of them."""
    draw = np.random.default_rng(seed)
    score = np.clip(draw.beta(4 * share, 4 * (1 - share), rows), 1e-6, 1 - 1e-6)
    return (draw.random(rows) < score).astype(int), score


def test_rows_are_folded_in_stretches_of_time() -> None:
    fold = folds_of(103)
    assert np.bincount(fold).tolist() == [21, 21, 20, 21, 20]
    assert (np.diff(fold) >= 0).all()
    assert len(folds_of(0)) == 0


def test_the_threshold_is_the_best_of_all_rows_and_its_promise_is_kept_on_others() -> None:
    promised, kept, looked = [], [], []
    for seed in range(40):
        label, score = scored(150, 0.42, seed)
        chosen = chosen_threshold(label, score, folds_of(150), "f1")
        assert chosen.threshold == best_threshold(label, score, "f1")
        later = scored(20_000, 0.42, seed + 1_000)
        kept.append(classification_metrics(*later, chosen.threshold)["f1"])
        looked.append(classification_metrics(label, score, chosen.threshold)["f1"])
        promised.append(chosen.expected)
    assert abs(np.mean(promised) - np.mean(kept)) < 0.015
    assert np.mean(looked) > np.mean(promised) + 0.015


def test_a_threshold_on_all_rows_strays_less_than_one_on_the_last_fifth() -> None:
    best = best_threshold(*scored(200_000, 0.42, 5), "f1")
    all_rows, fifth = [], []
    for seed in range(60):
        label, score = scored(400, 0.42, seed)
        all_rows.append(chosen_threshold(label, score, folds_of(400), "f1").threshold - best)
        fifth.append(best_threshold(label[320:], score[320:], "f1") - best)
    assert np.square(all_rows).mean() < np.square(fifth).mean()


CHOSEN = ChosenThreshold(0.15, "f1", 0.6, 0.42, 300)


def test_a_hold_out_on_which_it_decides_worse_is_a_warning_with_both_shares() -> None:
    label, score = scored(2_000, 0.28, 3)
    outcome = threshold_outcome(CHOSEN, bootstrap_intervals(label, score, 0.15), 0.28)
    assert outcome.verdict is Verdict.WARNED
    assert outcome.sentence.startswith(
        "a score of .15 counts as yes, chosen for an expected f1 of .6 where 42% of the labels are "
        "1; on the hold-out, where 28% are, it is ."
    )
    assert outcome.sentence.endswith(": the threshold decides worse than it promised")


def test_a_hold_out_on_which_it_may_do_as_well_passes() -> None:
    outcome = threshold_outcome(CHOSEN, {"f1": Interval(0.54, 0.58, 0.62)}, 0.41)
    assert outcome.verdict is Verdict.PASSED
    assert outcome.numbers["holdout"] == 0.58


@pytest.mark.parametrize(
    ("chosen", "interval"),
    [
        (None, Interval(0.5, 0.4, 0.6)),
        (CHOSEN, Interval(float("nan"), float("nan"), float("nan"))),
    ],
)
def test_what_cannot_be_compared_is_not_evaluated(
    chosen: ChosenThreshold | None, interval: Interval
) -> None:
    assert threshold_outcome(chosen, {"f1": interval}, 0.3).verdict is Verdict.NOT_EVALUATED


def test_a_version_keeps_the_choice_and_an_older_one_kept_none() -> None:
    assert ChosenThreshold.read(CHOSEN.stored()) == CHOSEN
    assert ChosenThreshold.read(None) is None
