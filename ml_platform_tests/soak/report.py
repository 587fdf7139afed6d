"""What a soak has to show: what was wrong, how long things took, what grew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass
class Report:
    """Filled in day by day.

    Attributes:
        wrong: what was not as it must be, in sentences.
        lags: seconds from a landing to the run that takes it in, by day and table.
        days: what happened on each day: seconds, kills, memory by part, database, ticks.
        notes: what is worth knowing besides.
    """

    wrong: list[str] = field(default_factory=list)
    lags: dict[str, float] = field(default_factory=dict)
    days: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> Mapping[str, Any]:
        """Everything, as plain values."""
        return asdict(self)

    def text(self) -> str:
        """What a person reads."""
        quiet = [day for day in self.days if not day["killed"]]
        lines = [
            f"{len(self.days)} days lived, {sum(bool(day['killed']) for day in self.days)} kills",
            f"landing to run: median {_median(list(self.lags.values())):.1f} s, "
            f"longest {max(self.lags.values(), default=0):.1f} s",
            f"day to judged, without a kill: median {_median([d['seconds'] for d in quiet]):.1f} s",
            *self._growth(quiet),
            *(f"WRONG: {each}" for each in self.wrong),
        ]
        return "\n".join(lines if self.wrong else [*lines, "nothing was wrong"])

    def _growth(self, days: Sequence[Mapping[str, Any]]) -> list[str]:
        third = max(1, len(days) // 3)
        first, last = days[:third], days[-third:]
        lines = []
        for measure, unit in (("seconds", "s"), ("ticks", "s"), ("memory", "MB")):
            for name, (before, after) in _beside(first, last, measure).items():
                lines.append(f"{measure} {name}: {before:.2f} -> {after:.2f} {unit}")
        return lines


def _beside(
    first: Sequence[Mapping[str, Any]], last: Sequence[Mapping[str, Any]], measure: str
) -> dict[str, tuple[float, float]]:
    def medians(days: Sequence[Mapping[str, Any]]) -> dict[str, float]:
        values: dict[str, list[float]] = {}
        for day in days:
            given = day[measure]
            for name, value in (given if isinstance(given, Mapping) else {"a day": given}).items():
                values.setdefault(name, []).append(value)
        return {name: _median(each) for name, each in values.items()}

    before, after = medians(first), medians(last)
    return {name: (before[name], after[name]) for name in before if name in after}


def _median(values: Sequence[float]) -> float:
    return median(values) if values else 0.0
