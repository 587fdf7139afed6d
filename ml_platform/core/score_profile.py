"""The score as one more profiled column: fixed bins, kept apart by model version."""

from __future__ import annotations

import math

from ml_platform.core.edges import Edges

SCORE = "score"

SCORE_EDGES = Edges(
    column=SCORE,
    kind="numeric",
    # Bins are open above: the next float closes the last one behind a score of exactly 1.
    edges=(*(i / 64 for i in range(64)), math.nextafter(1.0, 2.0)),
    version=1,
)
"""64 equal bins of [0, 1]; the same for every version, since a score is a probability."""


def score_segment(version: int, segment: str = "") -> str:
    """The segment under which the scores of a model version are profiled.

    Args:
        version: The model version that scored.
        segment: Of the rows; empty for all of them.

    >>> score_segment(3), score_segment(3, "origin=JFK")
    ('model_version=3', 'model_version=3,origin=JFK')
    """
    return f"model_version={version}" + (f",{segment}" if segment else "")
