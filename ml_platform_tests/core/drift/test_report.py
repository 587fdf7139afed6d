from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.drift.report import DriftReport, judge_drift, report_of
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ProfileError
from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.drift.profiles import counted, edges_of

LIMITS = DriftSpec(min_rows=100)
STILL = counted([0, 500, 500, 0])
MOVED = counted([0, 900, 100, 0])


def _named(name: str, profile: object = STILL) -> object:
    return replace(profile, column=name)  # type: ignore[type-var]


def _judge(analysis: dict, limits: DriftSpec = LIMITS) -> DriftReport:
    reference = [_named(name) for name in ("temp", "dewp", "wind")]
    return judge_drift(reference, [_named(n, p) for n, p in analysis.items()], limits)


def test_the_furthest_column_is_named_first() -> None:
    report = _judge({"temp": STILL, "dewp": counted([0, 800, 200, 0]), "wind": MOVED})

    assert report.verdict is Verdict.FAILED
    assert report.drifted_share == pytest.approx(2 / 3)
    assert report.drifted_columns == ("wind", "dewp")
    assert report.sentence == "drift in 2 of 3 columns (PSI over .2: wind .88, dewp .42)"


def test_few_drifted_columns_pass_where_a_share_is_allowed() -> None:
    report = _judge(
        {"temp": STILL, "dewp": STILL, "wind": MOVED}, DriftSpec(min_rows=100, columns_share=0.5)
    )

    assert report.verdict is Verdict.PASSED
    assert report.drifted_columns == ("wind",)
    assert report.sentence.startswith("drift in 1 of 3 columns, within the 50% allowed (PSI")


def test_an_absent_or_thin_column_is_not_evaluated_and_not_counted() -> None:
    report = _judge({"temp": STILL, "dewp": counted([0, 9, 0, 0])})

    assert report.verdict is Verdict.PASSED
    assert {c.column for c in report.columns if c.drifted is None} == {"dewp", "wind"}
    assert report.sentence == (
        "no drift of temp; not evaluated: dewp (9 rows), wind (0 rows); both sides need 100 rows"
    )


def test_nothing_evaluated_is_not_passed() -> None:
    assert _judge({}).verdict is Verdict.NOT_EVALUATED
    assert judge_drift([], [], LIMITS).verdict is Verdict.NOT_EVALUATED


def test_a_column_without_a_reference_is_ignored() -> None:
    report = _judge({"temp": STILL, "dewp": STILL, "wind": STILL, "new": MOVED})

    assert report.sentence == "no drift in 3 columns"


def test_one_statistic_can_be_reported_alone() -> None:
    lines = _judge({"temp": counted([0, 500, 400, 100]), "dewp": MOVED, "wind": STILL}).columns

    report = report_of([line for line in lines if line.statistic == "unseen_rate"], LIMITS)

    assert report.verdict is Verdict.FAILED
    assert report.sentence == "drift in 1 of 3 columns (unseen rate over .05: temp .1)"


def test_a_column_given_twice_is_refused() -> None:
    with pytest.raises(ProfileError, match="two profiles of 'x': merge"):
        judge_drift([STILL], [STILL, MOVED], LIMITS)


def test_the_check_shows_the_greatest_values_and_every_line() -> None:
    outcome = _judge({"temp": STILL, "dewp": MOVED}).outcome()

    assert outcome.verdict is Verdict.FAILED
    assert outcome.numbers == {
        "drifted_share": 0.5,
        "max_psi": pytest.approx(0.879, abs=0.001),
        "max_missing_rate": 0.0,
        "max_unseen_rate": 0.0,
    }
    assert len(outcome.table) == 9
    assert outcome.table[0]["column"] == "dewp"


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1.0]), st.sampled_from([-1e6, 1e6]))
def test_one_outlier_changes_no_verdict(seed: int, shift: float, outlier: float) -> None:
    generator = np.random.default_rng(seed)
    reference = generator.normal(size=2_000)
    analysis = generator.normal(shift, 1, size=500)

    def verdict(training: np.ndarray, window: np.ndarray) -> Verdict:
        edges = [edges_of(training)]
        return judge_drift(
            profile_columns({"x": training}, edges),
            profile_columns({"x": window}, edges),
            DriftSpec(),
        ).verdict

    expected = Verdict.FAILED if shift else Verdict.PASSED
    assert verdict(reference, analysis) is expected
    assert verdict(reference, np.append(analysis, outlier)) is expected
    assert verdict(np.append(reference, outlier), analysis) is expected
