"""Whether a window of rows still looks like the reference: a verdict a person reads in one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.drift.column_drift import ColumnDrift, column_drifts
from ml_platform.core.drift.sentence import drift_sentence
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ColumnProfile, ProfileError
from ml_platform.core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class DriftReport:
    """All columns of one window against the reference.

    Attributes:
        columns: One entry per column and statistic; drifted first, the greatest excess first.
        drifted_share: Drifted among the evaluated columns, 0 when none was evaluated.
        verdict: FAILED when more than the allowed share of columns drifted, PASSED when not,
            NOT_EVALUATED when no column could be evaluated.
        sentence: The same for a person.
    """

    columns: tuple[ColumnDrift, ...]
    drifted_share: float
    verdict: Verdict
    sentence: str

    @property
    def drifted_columns(self) -> tuple[str, ...]:
        """Names of the drifted columns, the furthest first."""
        return tuple(dict.fromkeys(line.column for line in self.columns if line.drifted))

    def outcome(self) -> CheckOutcome:
        """The report as a check shows it: the greatest of each statistic, and every line."""
        numbers = {"drifted_share": self.drifted_share}
        for line in self.columns:
            if line.drifted is not None:
                known = numbers.get(f"max_{line.statistic}", 0.0)
                numbers[f"max_{line.statistic}"] = max(known, line.value)
        return CheckOutcome(self.verdict, self.sentence, numbers, [asdict(c) for c in self.columns])


def judge_drift(
    reference: Sequence[ColumnProfile],
    analysis: Sequence[ColumnProfile],
    limits: DriftSpec,
) -> DriftReport:
    """Compare every column of the reference with the same column of the analysis.

    Args:
        reference: One profile per column.
        analysis: One profile per column on the same edges; a column without one counts as
            having no rows; columns that the reference lacks are ignored.
        limits: ``monitoring.drift`` of the model.

    Raises:
        ProfileError: A column appears twice, or was counted in different bins on the two sides.
    """
    found = _by_column(analysis)
    lines = [
        line
        for name, expected in _by_column(reference).items()
        for line in column_drifts(expected, found.get(name, _no_rows(expected)), limits)
    ]
    return report_of(lines, limits)


def report_of(lines: Iterable[ColumnDrift], limits: DriftSpec) -> DriftReport:
    """Sum up lines that were already judged, such as those of one statistic.

    Args:
        lines: In any order, each judged by the same limits.
        limits: ``monitoring.drift`` of the model.
    """
    ranked = tuple(sorted(lines, key=_rank))
    drifted = {line.column for line in ranked if line.drifted}
    evaluated = {line.column for line in ranked if line.drifted is not None}
    share = len(drifted) / max(len(evaluated), 1)
    verdict = Verdict.NOT_EVALUATED
    if evaluated:
        verdict = Verdict.FAILED if share > limits.columns_share else Verdict.PASSED
    return DriftReport(ranked, share, verdict, drift_sentence(ranked, verdict, limits))


def _rank(line: ColumnDrift) -> tuple[int, float, str]:
    if line.drifted is None:
        return 2, 0.0, line.column
    return (0 if line.drifted else 1), line.threshold - line.value, line.column


def _by_column(profiles: Iterable[ColumnProfile]) -> dict[str, ColumnProfile]:
    by_column: dict[str, ColumnProfile] = {}
    for profile in profiles:
        if profile.column in by_column:
            raise ProfileError(f"two profiles of {profile.column!r}: merge a window's first")
        by_column[profile.column] = profile
    return by_column


def _no_rows(like: ColumnProfile) -> ColumnProfile:
    return ColumnProfile(
        column=like.column,
        kind=like.kind,
        edge_version=like.edge_version,
        rows=0,
        missing=0,
        nan=0,
        infinite=0,
        minimum=None,
        maximum=None,
        counts=(0,) * len(like.counts),
        total=0.0,
    )
