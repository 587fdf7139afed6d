"""A drift report in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.figures import short

_NAMES = {"psi": "PSI", "missing_rate": "change of missing rate", "unseen_rate": "unseen rate"}
_NAMED_COLUMNS = 5


def drift_sentence(lines: Sequence[ColumnDrift], min_rows: int) -> str:
    """Say how many columns drifted, which, how far, and what could not be judged.

    Args:
        lines: Ranked, the gravest first.
        min_rows: What a column that was not evaluated would have needed.

    >>> moved = ColumnDrift("dewp", "psi", 0.41, 0.2, True, 6000, 0.3)
    >>> still = ColumnDrift("temp", "psi", 0.01, 0.2, False, 6000, 0.02)
    >>> drift_sentence([moved, still], min_rows=500)
    'drift in 1 of 2 columns (PSI over .2: dewp .41)'
    """
    evaluated = {line.column for line in lines if line.drifted is not None}
    thin = [line for line in lines if line.drifted is None and line.column not in evaluated]
    if not evaluated:
        return f"drift not evaluated: {_few_rows(thin, min_rows)}"
    drifted = {line.column for line in lines if line.drifted}
    head = f"drift in {len(drifted)} of {len(evaluated)} columns"
    if not drifted:
        head = f"no drift in {len(evaluated)} columns"
    tail = f"; not evaluated: {_few_rows(thin, min_rows)}" if thin else ""
    return f"{head}{_moved(lines)}{tail}"


def _moved(lines: Sequence[ColumnDrift]) -> str:
    parts = []
    for statistic, name in _NAMES.items():
        moved = [line for line in lines if line.drifted and line.statistic == statistic]
        if moved:
            shown = [f"{line.column} {short(line.value)}" for line in moved]
            parts.append(f"{name} over {short(moved[0].threshold)}: {_listed(shown)}")
    return f" ({'; '.join(parts)})" if parts else ""


def _few_rows(thin: Sequence[ColumnDrift], min_rows: int) -> str:
    rows: dict[str, int] = {}
    for line in thin:
        rows[line.column] = max(rows.get(line.column, 0), line.rows)
    if not rows:
        return "no columns to compare"
    shown = [f"{column} ({count} rows)" for column, count in rows.items()]
    return f"{_listed(shown)}; both sides need {min_rows} rows"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED_COLUMNS
    return ", ".join(names[:_NAMED_COLUMNS]) + (f" and {more} more" if more > 0 else "")
