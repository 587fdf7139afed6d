"""One trailing window against the reference: inputs, unseen values and score, each judged apart.

They are kept apart because they ask for different actions: moved inputs alone ask for none,
unseen values ask whether labels cover them, a moved score asks for labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.drift.report import DriftReport, judge_drift, report_of
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.score_profile import SCORE
from ml_platform.core.verdict import Verdict

_UNSEEN = "unseen_rate"


@dataclass(frozen=True)
class WindowDrift:
    """The three reports on one window, and the profiles they were made from."""

    columns: DriftReport
    unseen: DriftReport
    score: DriftReport
    reference: tuple[ColumnProfile, ...]
    analysis: tuple[ColumnProfile, ...]

    def outcome(self, check: str) -> CheckOutcome:
        """The outcome that belongs to one of the three checks."""
        reports = {
            names.COLUMN_DRIFT: self.columns,
            names.UNSEEN_VALUES: self.unseen,
            names.SCORE_DRIFT: self.score,
        }
        return reports[check].outcome()

    def rows(self, computed_at: datetime) -> Iterator[dict[str, Any]]:
        """Rows for the drift table, one per column and statistic."""
        for report in (self.columns, self.unseen, self.score):
            for line in report.columns:
                kept = asdict(line)
                kept["verdict"] = str(_verdict(line))
                kept["window"], kept["segment"] = "trailing", ""
                del kept["drifted"], kept["distance"]
                yield kept | {"computed_at": computed_at}


def judge_window(
    reference: Sequence[ColumnProfile],
    inputs: Sequence[ColumnProfile],
    score: Sequence[ColumnProfile],
    limits: DriftSpec,
) -> WindowDrift:
    """Judge a window.

    Args:
        reference: one profile per input, and one of the score.
        inputs: merged profiles of the window's inputs, one per column.
        score: merged profile of the champion's scores in the window, or nothing.
        limits: ``monitoring.drift`` of the model.
    """
    on_inputs = [p for p in reference if p.column != SCORE]
    on_score = [p for p in reference if p.column == SCORE]
    lines = judge_drift(on_inputs, inputs, limits).columns
    return WindowDrift(
        columns=report_of([x for x in lines if x.statistic != _UNSEEN], limits),
        unseen=report_of([x for x in lines if x.statistic == _UNSEEN], limits),
        score=judge_drift(on_score, score, limits),
        reference=tuple(reference),
        analysis=(*inputs, *score),
    )


def _verdict(line: ColumnDrift) -> Verdict:
    if line.drifted is None:
        return Verdict.NOT_EVALUATED
    return Verdict.FAILED if line.drifted else Verdict.PASSED
