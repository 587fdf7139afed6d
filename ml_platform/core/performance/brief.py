"""Metrics held against their limits, in the few words that a line of many findings has room for."""

from __future__ import annotations

from collections.abc import Sequence

from ml_platform.core.figures import short
from ml_platform.core.performance.metric_line import MetricLine
from ml_platform.core.verdict import Verdict

WITHIN, BEYOND, PERHAPS_BEYOND = "within limits", "beyond limits", "perhaps beyond limits"


def brief(limited: Sequence[MetricLine], verdict: Verdict, beyond: str, of: str = "") -> str:
    """The metrics that gave the verdict, each from the hold-out's value to this one.

    Args:
        limited: The lines that have a limit.
        verdict: The gravest of them.
        beyond: What to say of those that do not keep their limit.
        of: What kind of value it is, before the first name.

    Returns:
        Nothing where nothing was evaluated: why it was not needs the whole sentence.

    >>> line = MetricLine("brier", 0.21, 0.2, 0.22, 0.16, 0.18, Verdict.FAILED, "is beyond")
    >>> brief([line], Verdict.FAILED, BEYOND, "estimated ")
    'estimated brier .16 -> .21 beyond limits'
    """
    if not verdict.evaluated:
        return ""
    told = ", ".join(_moved(line) for line in limited if line.verdict is verdict)
    return f"{of}{told} {WITHIN if verdict.passed else beyond}"


def _moved(line: MetricLine) -> str:
    known = "" if line.reference is None else f"{short(line.reference, 3)} -> "
    return f"{line.metric} {known}{short(line.value, 3)}"
