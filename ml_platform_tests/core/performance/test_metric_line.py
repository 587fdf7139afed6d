from __future__ import annotations

import pytest

from ml_platform.core.performance.interval import Interval
from ml_platform.core.performance.metric_line import MetricLine, metric_line
from ml_platform.core.verdict import Verdict

NAN = float("nan")


def _brier(low: float, value: float, high: float, **limits: float) -> MetricLine:
    floors = {"brier": limits["floor"]} if "floor" in limits else {}
    drops = {"brier": limits["drop"]} if "drop" in limits else {}
    known = {"brier": limits["known"]} if "known" in limits else {}
    return metric_line("brier", Interval(low, value, high), known, floors, drops)


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [
        ((0.16, 0.17, 0.18), Verdict.PASSED),
        ((0.18, 0.19, 0.20), Verdict.PASSED),
        ((0.185, 0.195, 0.205), Verdict.WARNED),
        ((0.195, 0.2, 0.21), Verdict.FAILED),
    ],
)
def test_a_loss_fails_only_when_the_whole_interval_shows_it(
    measured: tuple[float, float, float], verdict: Verdict
) -> None:
    assert _brier(*measured, known=0.17, drop=0.02).verdict is verdict


@pytest.mark.parametrize("value", [0.1, 0.3])
def test_a_value_without_an_interval_is_not_evaluated(value: float) -> None:
    for low, high in ((NAN, NAN), (NAN, 0.4), (0.05, NAN)):
        found = _brier(low, value, high, floor=0.2)
        assert found.verdict is Verdict.NOT_EVALUATED
        assert found.limit == 0.2


def test_the_stricter_of_two_limits_binds() -> None:
    assert _brier(0.1, 0.1, 0.1, floor=0.18, known=0.17, drop=0.02).limit == 0.18
    assert _brier(0.1, 0.1, 0.1, floor=0.25, known=0.17, drop=0.02).limit == pytest.approx(0.19)


def test_more_is_better_for_auc() -> None:
    measured = Interval(0.5, 0.52, 0.54)
    line = metric_line("roc_auc", measured, {"roc_auc": 0.64}, {"roc_auc": 0.55}, {})

    assert line.verdict is Verdict.FAILED
    assert line.limit == 0.55
    assert line.reference == 0.64
    assert line.reason == ".52 [.5, .54] is beyond the limit .55"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (_brier(0.1, 0.1, 0.1), "no limit is set"),
        (_brier(NAN, NAN, NAN, floor=0.2), "undefined on these rows"),
        (_brier(0.1, 0.1, 0.1, drop=0.02), "no reference value to measure a drop against"),
        (
            _brier(0.1, 0.1, 0.1, drop=0.02, floor=0.2),
            "no reference value to measure a drop against",
        ),
    ],
)
def test_what_cannot_be_judged_is_not_passed(line: MetricLine, reason: str) -> None:
    assert line.verdict is Verdict.NOT_EVALUATED
    assert line.reason == reason


def test_too_few_rows_decide_before_anything_else() -> None:
    line = metric_line("brier", Interval(0.9, 0.9, 0.9), {}, {"brier": 0.2}, {}, "12 rows")

    assert (line.verdict, line.reason) == (Verdict.NOT_EVALUATED, "12 rows")


@pytest.mark.parametrize(
    ("low", "value", "high", "verdict"),
    [
        (10.0, 10.9, 12.0, Verdict.PASSED),
        (10.5, 11.5, 12.5, Verdict.WARNED),
        (11.2, 12.0, 13.0, Verdict.FAILED),
    ],
)
def test_an_error_in_the_labels_unit_may_grow_by_a_share(
    low: float, value: float, high: float, verdict: Verdict
) -> None:
    line = metric_line("rmse", Interval(low, value, high), {"rmse": 10.0}, {}, {"rmse": 0.1})
    assert (line.limit, line.verdict) == (pytest.approx(11.0), verdict)


@pytest.mark.parametrize(
    ("low", "value", "high", "verdict"),
    [
        (-2.0, -1.0, 0.5, Verdict.PASSED),
        (-4.0, -2.5, -1.5, Verdict.WARNED),
        (-1.0, 2.5, 6.0, Verdict.WARNED),
        (2.1, 2.5, 6.0, Verdict.FAILED),
        (-6.0, -3.0, -2.1, Verdict.FAILED),
    ],
)
def test_a_bias_is_held_to_its_distance_from_zero(
    low: float, value: float, high: float, verdict: Verdict
) -> None:
    line = metric_line("bias", Interval(low, value, high), {}, {"bias": 2.0}, {})
    assert (line.limit, line.verdict) == (2.0, verdict)


def test_a_bias_may_grow_by_a_share_of_the_mean_error() -> None:
    reference = {"bias": -1.0, "mae": 10.0}
    line = metric_line("bias", Interval(1.0, 1.5, 2.0), reference, {}, {"bias": 0.1})
    assert line.limit == pytest.approx(2.0)


def test_a_share_of_a_mean_error_that_is_not_known_is_no_limit() -> None:
    line = metric_line("bias", Interval(1.0, 1.5, 2.0), {"bias": -1.0}, {}, {"bias": 0.1})
    assert (line.limit, line.verdict) == (None, Verdict.NOT_EVALUATED)
    assert line.reason == "no reference value to measure a drop against"
