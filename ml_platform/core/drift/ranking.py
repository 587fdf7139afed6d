"""Which drift matters: columns by how far they moved and how much the champion rests on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ml_platform.core.check_outcome import Cell
from ml_platform.core.figures import counted
from ml_platform.core.verdict import Verdict

GREATEST_EFFECT = 100.0
"""A column that moved this many times its threshold is as far away as matters."""

OF_UNSEEN_VALUES = frozenset({"unseen_rate", "range_novelty"})
"""Statistics with a check of their own: what was never learned asks for another action."""

_NAMED_COLUMNS = 5


@dataclass(frozen=True, slots=True)
class RankedColumn:
    """One column's gravest finding.

    Attributes:
        column: The input column.
        statistic: The statistic that is furthest beyond its threshold, or nearest to it.
        value: What it measured.
        threshold: Drifted above it.
        drifted: Whether the column counts as drifted, by any of its statistics.
        effect: Value by threshold, 0 to `GREATEST_EFFECT`. A threshold is what a statistic reaches
            without drift, so that effects of several statistics compare.
        importance: Share of the champion's importance, None where none was recorded.
    """

    column: str
    statistic: str
    value: float
    threshold: float
    drifted: bool
    effect: float
    importance: float | None

    @property
    def weight(self) -> float:
        """Importance by effect; the effect alone where no importance is known."""
        return self.effect * (1.0 if self.importance is None else self.importance)

    def to_row(self) -> dict[str, Cell]:
        """The line of a table that people read."""
        return {**asdict(self), "weight": self.weight}


def rank_columns(
    lines: Iterable[Mapping[str, Any]], importances: Mapping[str, float] | None
) -> tuple[RankedColumn, ...]:
    """Rank the evaluated columns: drifted ones first, by importance and effect.

    Args:
        lines: Rows of the drift table of one partition: ``column``, ``statistic``, ``value``,
            ``threshold``, ``verdict``. A column may have several; those that were not evaluated
            or are `OF_UNSEEN_VALUES` are left out.
        importances: Share of the champion's importance by column; None where none was recorded.
            A column without an entry has importance 0.
    """
    by_column: dict[str, list[RankedColumn]] = {}
    for line in lines:
        verdict = Verdict(line["verdict"])
        if verdict.evaluated and line["statistic"] not in OF_UNSEEN_VALUES:
            found = _ranked(line, verdict.violated, importances)
            by_column.setdefault(found.column, []).append(found)
    gravest = [
        max(found, key=lambda each: (each.drifted, each.effect)) for found in by_column.values()
    ]
    return tuple(sorted(gravest, key=lambda e: (not e.drifted, -e.weight, -e.effect, e.column)))


def drifted_importance(ranked: Sequence[RankedColumn]) -> float | None:
    """The share of the champion's importance that has drifted.

    None where none was recorded, or no column was evaluated.
    """
    if not ranked:
        return None
    shares = [each.importance for each in ranked if each.drifted]
    known = [share for share in shares if share is not None]
    return sum(known) if len(known) == len(shares) else None


def drift_phrase(ranked: Sequence[RankedColumn]) -> str:
    """Say how many columns drifted, which, and how much of the champion's importance they hold.

    >>> moved = RankedColumn("precip", "psi", 0.4, 0.1, True, 4.0, 0.21)
    >>> still = RankedColumn("temp", "psi", 0.01, 0.1, False, 0.1, 0.5)
    >>> drift_phrase([moved, still])
    "covariate drift in 1 of 2 columns (precip; 21% of the champion's importance)"
    >>> drift_phrase([still])
    'no covariate drift in 1 column'
    """
    drifted = [each.column for each in ranked if each.drifted]
    if not drifted:
        return f"no covariate drift in {counted(len(ranked), 'column')}"
    more = len(drifted) - _NAMED_COLUMNS
    named = ", ".join(drifted[:_NAMED_COLUMNS]) + (f" and {more} more" if more > 0 else "")
    share = drifted_importance(ranked)
    weight = "" if share is None else f"; {share:.0%} of the champion's importance"
    columns = counted(len(ranked), "column")
    return f"covariate drift in {len(drifted)} of {columns} ({named}{weight})"


def _ranked(
    line: Mapping[str, Any], drifted: bool, importances: Mapping[str, float] | None
) -> RankedColumn:
    column, value, threshold = line["column"], float(line["value"]), float(line["threshold"])
    return RankedColumn(
        column=column,
        statistic=line["statistic"],
        value=value,
        threshold=threshold,
        drifted=drifted,
        effect=_effect(value, threshold),
        importance=None if importances is None else importances.get(column, 0.0),
    )


def _effect(value: float, threshold: float) -> float:
    # A threshold of 0 allows nothing: any value is as far beyond it as can be said.
    if threshold > 0:
        return min(value / threshold, GREATEST_EFFECT)
    return GREATEST_EFFECT if value > 0 else 0.0
