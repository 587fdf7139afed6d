"""A drift report in one sentence."""

from __future__ import annotations

from collections.abc import Sequence, Set

from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.figures import counted, percent, short
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.verdict import Verdict

_NAMES = {"psi": "PSI", "missing_rate": "change of missing rate", "unseen_rate": "unseen rate"}
_NAMED_COLUMNS = 5


def drift_sentence(lines: Sequence[ColumnDrift], verdict: Verdict, limits: DriftSpec) -> str:
    """Say how many columns drifted, which, how far, how many may, and what could not be judged.

    Args:
        lines: Ranked, the gravest first.
        verdict: On all of them together.
        limits: What the verdict was given by.

    >>> moved = ColumnDrift("dewp", "psi", 0.41, 0.2, True, 6000, 0.3)
    >>> still = ColumnDrift("temp", "psi", 0.01, 0.2, False, 6000, 0.02)
    >>> drift_sentence([moved, still], Verdict.FAILED, DriftSpec())
    'drift in 1 of 2 columns (PSI over .2: dewp .41)'
    >>> drift_sentence([moved, still], Verdict.PASSED, DriftSpec(columns_share=0.5))
    'drift in 1 of 2 columns, within the 50% allowed (PSI over .2: dewp .41)'
    """
    evaluated = {line.column for line in lines if line.drifted is not None}
    thin = [line for line in lines if line.drifted is None and line.column not in evaluated]
    if not evaluated:
        return f"drift not evaluated: {_few_rows(thin, limits.min_rows)}"
    head = _head(lines, evaluated, verdict, limits.columns_share)
    tail = f"; not evaluated: {_few_rows(thin, limits.min_rows)}" if thin else ""
    return f"{head}{_moved(lines)}{tail}"


def _head(lines: Sequence[ColumnDrift], evaluated: Set[str], verdict: Verdict, share: float) -> str:
    drifted = {line.column for line in lines if line.drifted}
    if len(evaluated) == 1:
        return f"{'drift' if drifted else 'no drift'} of {min(evaluated)}"
    columns = counted(len(evaluated), "column")
    if not drifted:
        return f"no drift in {columns}"
    return f"drift in {len(drifted)} of {columns}{_allowed(verdict, share)}"


def _allowed(verdict: Verdict, share: float) -> str:
    if not share:
        return ""
    return f", {'within' if verdict.passed else 'over'} the {percent(share)} allowed"


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
    shown = [f"{column} ({counted(count, 'row')})" for column, count in rows.items()]
    return f"{_listed(shown)}; both sides need {counted(min_rows, 'row')}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED_COLUMNS
    return ", ".join(names[:_NAMED_COLUMNS]) + (f" and {more} more" if more > 0 else "")
