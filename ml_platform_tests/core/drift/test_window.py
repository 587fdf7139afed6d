from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from ml_platform.core import names
from ml_platform.core.drift.calibrate import calibrate
from ml_platform.core.drift.judge import Yardstick, yardstick
from ml_platform.core.drift.window import judge_window
from ml_platform.core.drift.window_lengths import window_lengths
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import merge_all
from ml_platform.core.score_profile import SCORE
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.drift.days import numbers, partitions, profile

AT = datetime(2026, 1, 1, tzinfo=UTC)
# A tail that fills up moves the column as well: here only a great change of shape matters.
LIMITS = DriftSpec(
    statistics=("kolmogorov_smirnov", "l_infinity", "missing_rate", "unseen_rate"),
    min_effect={"kolmogorov_smirnov": 0.2},
)
COLUMNS = ("temp", "wind", "rain", SCORE)
CHECKS = (names.COLUMN_DRIFT, names.UNSEEN_VALUES, names.SCORE_DRIFT)
PASSED, FAILED, UNKNOWN = Verdict.PASSED, Verdict.FAILED, Verdict.NOT_EVALUATED

_random = np.random.default_rng(0)
DAYS = partitions({name: numbers(_random, 57) for name in COLUMNS})
STILL = DAYS[-1][1]["temp"].counts
MOVED = (*(2 * n for n in STILL[:10]), *STILL[10:12], *[0] * 10)
OUTSIDE = (*STILL[:-1], STILL[-1] + 150)


@pytest.fixture(scope="module")
def by() -> Yardstick:
    # The last bin of a numeric column is its tail, which the reference never fills.
    days = [(k, {c: profile(c, [*p.counts[:-1], 0]) for c, p in d.items()}) for k, d in DAYS[:56]]
    known = [c for span in window_lengths(7) for c in calibrate(days, LIMITS, span)]
    return yardstick(merge_all([p for _, d in days for p in d.values()]), known, LIMITS, 7)


def _judged(by: Yardstick, **changed: tuple[int, ...] | None):
    counts = {name: [*STILL[:-1], 0] for name in COLUMNS} | changed
    today = {name: profile(name, list(c)) for name, c in counts.items() if c is not None}
    before = [
        (k, {c: profile(c, [*p.counts[:-1], 0]) for c, p in d.items()}) for k, d in DAYS[43:56]
    ]
    return judge_window(by, [*before, ("2026-03-02", today)])


@pytest.mark.parametrize(
    ("changed", "verdicts"),
    [
        ({}, (PASSED, PASSED, PASSED)),
        ({"temp": MOVED}, (FAILED, PASSED, PASSED)),
        ({"temp": OUTSIDE}, (PASSED, FAILED, PASSED)),
        ({SCORE: MOVED}, (PASSED, PASSED, FAILED)),
    ],
)
def test_inputs_unseen_values_and_score_are_judged_apart(
    by: Yardstick, changed: dict[str, tuple[int, ...]], verdicts: tuple[Verdict, ...]
) -> None:
    window = _judged(by, **changed)

    assert tuple(window.outcome(check).verdict for check in CHECKS) == verdicts


def test_without_scores_only_the_window_before_can_be_judged(by: Yardstick) -> None:
    assert _judged(by, **{SCORE: None}).score.verdict is PASSED
    unscored = yardstick([p for p in by.reference.values() if p.column != SCORE], [], LIMITS, 7)
    assert judge_window(unscored, DAYS[-14:]).score.verdict is UNKNOWN


def test_the_table_has_a_row_per_column_statistic_and_window(by: Yardstick) -> None:
    rows = list(_judged(by, temp=MOVED).rows(AT))

    assert len(rows) == (3 * 3 + 1) * 3
    assert {(row["window"], row["span"]) for row in rows} == {
        ("partition", 1),
        ("trailing", 3),
        ("trailing", 7),
    }
    moved = [r for r in rows if (r["column"], r["statistic"]) == ("temp", "kolmogorov_smirnov")]
    day = next(row for row in moved if row["span"] == 1)
    assert (day["verdict"], day["threshold"]) == ("failed", 0.2)
    assert day["value"] > 0.3
    assert day["p_value"] < 1e-6
    empty = judge_window(by, [("2026-03-02", {})])
    assert {row["verdict"] for row in empty.rows(AT)} == {"not_evaluated"}


def test_the_profiles_behind_the_verdict_are_kept(by: Yardstick) -> None:
    window = _judged(by)

    assert {p.column for p in window.reference} == set(COLUMNS)
    assert all(13_000 < p.rows <= 14_000 for p in window.analysis)
