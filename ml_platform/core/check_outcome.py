"""What a check found: a verdict, one sentence, numbers and a table.

This is the value between the pure functions that judge and the Dagster shell that shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ml_platform.core.verdict import Verdict

Cell = str | int | float | bool | None


@dataclass(frozen=True)
class CheckOutcome:
    """One verdict on one partition (or on one unpartitioned asset).

    Attributes:
        verdict: passed, warned, failed or not evaluated.
        sentence: what a person reads first, with the numbers in it.
        numbers: plotted over partitions by the UI; NaN is left out.
        table: rows of detail, all with the same keys.
        brief: the sentence in a few words, for a line that holds several; empty where the
            sentence is short enough itself.
    """

    verdict: Verdict
    sentence: str
    numbers: Mapping[str, float | int] = field(default_factory=dict)
    table: Sequence[Mapping[str, Cell]] = ()
    brief: str = ""


def not_evaluated(why: str) -> CheckOutcome:
    """An outcome that says why nothing could be judged."""
    return CheckOutcome(Verdict.NOT_EVALUATED, why)
