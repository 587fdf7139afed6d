"""A drift report in one sentence."""

from __future__ import annotations

from collections.abc import Sequence, Set

from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.drift.statistics import STATISTICS
from ml_platform.core.figures import counted, short

_NAMED_COLUMNS = 5


def drift_sentence(lines: Sequence[ColumnDrift]) -> str:
    """Say how many columns drifted, which, how far, and what could not be judged.

    Args:
        lines: Ranked, the gravest first.

    >>> moved = ColumnDrift("dewp", "psi", 0.41, 7, 6000, 0.2, True)
    >>> still = ColumnDrift("temp", "psi", 0.01, 7, 6000, 0.2, False)
    >>> drift_sentence([moved, still])
    'drift in 1 of 2 columns (PSI: dewp .41 over .2)'
    >>> drift_sentence([still])
    'no drift of temp'
    """
    evaluated = {line.column for line in lines if line.drifted is not None}
    silent = [x for x in lines if x.drifted is None and x.column not in evaluated]
    if not evaluated:
        return f"drift not evaluated: {_missing(silent, named=False)}"
    tails = [f"not evaluated: {_missing(silent, named=True)}"] if silent else []
    notes = (note for line in lines for note in line.note.split("; ") if note)
    tails += dict.fromkeys(notes)
    return "; ".join([f"{_head(lines, evaluated)}{_moved(lines)}", *tails])


def drift_brief(lines: Sequence[ColumnDrift]) -> str:
    """Say how many of the evaluated columns drifted, and which.

    >>> moved = ColumnDrift("dewp", "psi", 0.41, 7, 6000, 0.2, True)
    >>> still = ColumnDrift("temp", "psi", 0.01, 7, 6000, 0.2, False)
    >>> drift_brief([moved, still])
    'drift in 1 of 2 columns (dewp)'
    """
    evaluated = {line.column for line in lines if line.drifted is not None}
    drifted = list(dict.fromkeys(line.column for line in lines if line.drifted))
    named = f" ({_listed(drifted)})" if drifted and len(evaluated) > 1 else ""
    return f"{_head(lines, evaluated)}{named}"


def _head(lines: Sequence[ColumnDrift], evaluated: Set[str]) -> str:
    drifted = {line.column for line in lines if line.drifted}
    if len(evaluated) == 1:
        return f"{'drift' if drifted else 'no drift'} of {min(evaluated)}"
    columns = counted(len(evaluated), "column")
    return f"drift in {len(drifted)} of {columns}" if drifted else f"no drift in {columns}"


def _moved(lines: Sequence[ColumnDrift]) -> str:
    """Each drifted column once, by its gravest line, under the title of its statistic."""
    gravest: dict[str, ColumnDrift] = {}
    for line in lines:
        if line.drifted:
            gravest.setdefault(line.column, line)
    declared, parts = max((line.span for line in lines), default=1), []
    for statistic in dict.fromkeys(line.statistic for line in gravest.values()):
        moved = [_far(line, declared) for line in gravest.values() if line.statistic == statistic]
        parts.append(f"{STATISTICS[statistic].title}: {_listed(moved)}")
    return f" ({'; '.join(parts)})" if parts else ""


def _far(line: ColumnDrift, window: int) -> str:
    """How far a column moved; over which partitions, unless it is the declared window."""
    declared = "declared " if line.declared else ""
    when = "" if line.span == window else f" in the last {_partitions(line.span)}"
    still = ", not cleared yet" if line.held else ""
    return f"{line.column} {short(line.value)} over {declared}{short(line.threshold)}{when}{still}"


def _partitions(span: int) -> str:
    return "partition" if span == 1 else f"{span} partitions"


def _missing(silent: Sequence[ColumnDrift], named: bool) -> str:
    """Why nothing can be said of each column, by its widest window; alike reasons once."""
    widest = {line.column: line for line in sorted(silent, key=lambda line: line.span)}
    reasons: dict[str, list[str]] = {}
    for line in widest.values():
        reasons.setdefault(line.why, []).append(line.column)
    if not reasons:
        return "no columns to compare"
    if len(reasons) == 1 and not named:
        return next(iter(reasons))
    return _listed([f"{_listed(columns)} ({why})" for why, columns in reasons.items()])


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED_COLUMNS
    return ", ".join(names[:_NAMED_COLUMNS]) + (f" and {more} more" if more > 0 else "")
