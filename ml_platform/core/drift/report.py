"""Whether a window of rows still looks like the reference: a verdict a person reads in one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.drift.sentence import drift_brief, drift_sentence
from ml_platform.core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class DriftReport:
    """All columns of one window against the reference.

    Attributes:
        columns: One entry per column, statistic and window; drifted first, the greatest excess
            first.
        drifted_share: Drifted among the evaluated columns; None when none was evaluated.
        verdict: FAILED when a column drifted, PASSED when none did, NOT_EVALUATED when no column
            could be evaluated.
        sentence: The same for a person.
    """

    columns: tuple[ColumnDrift, ...]
    drifted_share: float | None
    verdict: Verdict
    sentence: str

    @property
    def drifted_columns(self) -> tuple[str, ...]:
        """Names of the drifted columns, the furthest first."""
        return tuple(dict.fromkeys(line.column for line in self.columns if line.drifted))

    def outcome(self) -> CheckOutcome:
        """The report as a check shows it: the greatest of each statistic, and every line.

        Where nothing was evaluated there are no numbers: none drifted would be a finding.
        """
        numbers: dict[str, float] = {}
        if self.drifted_share is not None:
            numbers["drifted_columns"] = len(self.drifted_columns)
            numbers["drifted_share"] = self.drifted_share
        for line in self.columns:
            if line.drifted is not None:
                known = numbers.get(f"max_{line.statistic}", 0.0)
                numbers[f"max_{line.statistic}"] = max(known, line.value)
        table = [asdict(line) for line in self.columns]
        return CheckOutcome(self.verdict, self.sentence, numbers, table, self.brief)

    @property
    def brief(self) -> str:
        """The sentence without its figures; empty when nothing was evaluated."""
        return drift_brief(self.columns) if self.verdict.evaluated else ""


def report_of(lines: Iterable[ColumnDrift]) -> DriftReport:
    """Sum up lines that were already judged, in any order."""
    ranked = tuple(sorted(lines, key=_rank))
    drifted = {line.column for line in ranked if line.drifted}
    evaluated = {line.column for line in ranked if line.drifted is not None}
    verdict = Verdict.NOT_EVALUATED
    if evaluated:
        verdict = Verdict.FAILED if drifted else Verdict.PASSED
    share = len(drifted) / len(evaluated) if evaluated else None
    return DriftReport(ranked, share, verdict, drift_sentence(ranked))


def _rank(line: ColumnDrift) -> tuple[int, float, str]:
    if line.drifted is None:
        return 2, 0.0, line.column
    return (0 if line.drifted else 1), -line.excess, line.column
