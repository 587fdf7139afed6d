"""The last partitions against the reference: inputs, unseen values and score, each judged apart.

They are kept apart because they ask for different actions: moved inputs alone ask for none,
unseen values ask whether labels cover them, a moved score asks for labels. They share one
false-alarm budget.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.drift.calibrate import Partition
from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.drift.gaps import without_gaps
from ml_platform.core.drift.judge import Yardstick, judge, window_profiles
from ml_platform.core.drift.report import DriftReport, report_of
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.score_profile import SCORE
from ml_platform.core.verdict import Verdict

_UNSEEN = frozenset({"unseen_rate", "range_novelty"})


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
        """Rows for the drift table, one per column, statistic and window."""
        for report in (self.columns, self.unseen, self.score):
            for line in report.columns:
                kept = asdict(line)
                kept["verdict"] = str(_verdict(line))
                kept["window"] = "partition" if line.span == 1 else "trailing"
                kept["segment"] = ""
                del kept["drifted"]
                yield kept | {"computed_at": computed_at}


def judge_window(by: Yardstick, recent: Sequence[Partition]) -> WindowDrift:
    """Judge the window that ends with the last partition.

    Args:
        by: What the champion is judged by; its reference has one profile per input, and one of
            the score where there is one.
        recent: The last ``by.looked_at`` partitions, oldest first and without gaps, with the
            profiles of the inputs and of the champion's scores.
    """
    lines = judge(by, recent)
    filled = without_gaps(recent, by.cadence)
    inputs = [line for line in lines if line.column != SCORE]
    return WindowDrift(
        columns=report_of(line for line in inputs if line.statistic not in _UNSEEN),
        unseen=report_of(line for line in inputs if line.statistic in _UNSEEN),
        score=report_of(line for line in lines if line.column == SCORE),
        reference=tuple(by.reference.values()),
        analysis=tuple(window_profiles(filled, by.span).values()),
    )


def _verdict(line: ColumnDrift) -> Verdict:
    if line.drifted is None:
        return Verdict.NOT_EVALUATED
    return Verdict.FAILED if line.drifted else Verdict.PASSED
