from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from ml_platform.core.performance.interval import Interval
from ml_platform.core.performance.report import PerformanceReport, judge_performance
from ml_platform.core.verdict import Verdict

BRIER = Interval(0.186, 0.194, 0.202)
AUC = Interval(0.6, 0.62, 0.64)
REFERENCE = {"brier": 0.16, "roc_auc": 0.64}


def _judge(
    metrics: Mapping[str, Interval],
    floors: Mapping[str, float] | None = None,
    drops: Mapping[str, float] | None = None,
    rows: int = 6_012,
) -> PerformanceReport:
    return judge_performance(metrics, REFERENCE, floors or {}, drops or {}, rows, 0.98, 200)


def test_one_lost_metric_fails_the_window() -> None:
    report = _judge({"brier": BRIER, "roc_auc": AUC}, {"roc_auc": 0.55}, {"brier": 0.02})

    assert report.verdict is Verdict.FAILED
    assert report.sentence == (
        "performance lost: brier .194 [.186, .202] is beyond the limit .18 "
        "(6,012 labelled rows, 98% of all)"
    )


def test_in_brief_only_what_gave_the_verdict_is_told() -> None:
    lost = _judge({"brier": BRIER, "roc_auc": AUC}, {"roc_auc": 0.55}, {"brier": 0.02})
    noisy = _judge({"brier": BRIER}, {"brier": 0.19})
    kept = _judge({"roc_auc": AUC}, {"roc_auc": 0.55})

    assert lost.outcome().brief == "brier .16 -> .194 beyond limits"
    assert noisy.brief.endswith("perhaps beyond limits")
    assert kept.brief.endswith("within limits")
    assert _judge({"brier": BRIER}).brief == ""
    assert _judge({"brier": BRIER}, {"brier": 0.19}, rows=3).brief == ""


def test_every_limit_kept_is_passed_and_the_rest_is_shown() -> None:
    report = _judge({"brier": BRIER, "roc_auc": AUC}, {"roc_auc": 0.55})

    assert report.verdict is Verdict.PASSED
    assert [(x.metric, x.verdict) for x in report.lines] == [
        ("roc_auc", Verdict.PASSED),
        ("brier", Verdict.NOT_EVALUATED),
    ]
    assert "within its limits: roc_auc .62" in report.sentence


def test_a_loss_within_the_noise_is_a_warning() -> None:
    report = _judge({"brier": BRIER}, {"brier": 0.19})

    assert report.verdict is Verdict.WARNED
    assert "may be lost: brier" in report.sentence


def test_a_limit_without_its_metric_is_not_passed() -> None:
    report = _judge({"roc_auc": AUC}, {"roc_auc": 0.55, "f1": 0.3})

    assert report.verdict is Verdict.NOT_EVALUATED
    assert "f1 undefined on these rows" in report.sentence


def test_too_few_labels_evaluate_nothing() -> None:
    report = _judge({"brier": BRIER}, {"brier": 0.1}, rows=120)

    assert report.verdict is Verdict.NOT_EVALUATED
    assert report.sentence == (
        "performance not evaluated: 120 labelled rows, 98% of all; 200 needed"
    )
    assert report.lines[0].value == 0.194


def test_the_sentence_says_how_new_the_labels_are() -> None:
    at = datetime(2013, 1, 9, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    few = judge_performance({}, {}, {"brier": 0.1}, {}, 1, 0.5, 200, at)
    enough = judge_performance({"brier": BRIER}, {}, {"brier": 0.2}, {}, 900, 1.0, 200, at)

    assert few.sentence == (
        "performance not evaluated: 1 labelled row, 50% of all, as of 2013-01-08 23:30 UTC; "
        "200 needed"
    )
    assert enough.sentence.endswith("(900 labelled rows, 100% of all, as of 2013-01-08 23:30 UTC)")


def test_no_limit_is_not_passed() -> None:
    report = _judge({"brier": BRIER})

    assert report.verdict is Verdict.NOT_EVALUATED
    assert "no limit is set" in report.sentence


def test_the_check_shows_values_rows_and_coverage() -> None:
    outcome = _judge({"brier": BRIER}, {"brier": 0.1}).outcome()

    assert outcome.numbers == {"brier": 0.194, "rows": 6_012, "coverage": 0.98}
    assert outcome.table[0]["verdict"] == "failed"
