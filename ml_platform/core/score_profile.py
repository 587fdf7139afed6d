"""The score as one more profiled column: fixed bins, kept apart by model version."""

from __future__ import annotations

from ml_platform.core.edges import Edges

SCORE = "score"

SCORE_EDGES = Edges(
    column=SCORE, kind="numeric", edges=tuple(i / 64 for i in range(65)), version=1
)
"""64 equal bins of [0, 1]; the same for every version, since a score is a probability."""


def score_segment(version: int) -> str:
    """The segment under which the scores of a model version are profiled.

    >>> score_segment(3)
    'model_version=3'
    """
    return f"model_version={version}"
