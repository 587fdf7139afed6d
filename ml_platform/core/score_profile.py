"""The score as one more profiled column: fixed bins, kept apart by model version."""

from __future__ import annotations

import math

from ml_platform.core.column_values import FloatArray
from ml_platform.core.edge_growth import refined
from ml_platform.core.edges import Edges, edges_from_values

SCORE = "score"

SCORE_EDGES = Edges(
    column=SCORE,
    kind="numeric",
    # Bins are open above: the next float closes the last one behind a score of exactly 1.
    edges=(*(i / 64 for i in range(64)), math.nextafter(1.0, 2.0)),
    version=1,
)
"""64 equal bins of [0, 1] for scores that are probabilities; the same for every version."""


def predicted_edges(scores: FloatArray, present: Edges | None = None) -> Edges:
    """Bins for scores that are predicted numbers, at quantiles of a hold-out's.

    Args:
        scores: Predictions for the hold-out, shape [n].
        present: The bins so far; they are kept, and divided where they hold too many.
    """
    if present is None:
        return edges_from_values(SCORE, scores, kind="numeric")
    return refined(present, scores)


def score_segment(version: int, segment: str = "") -> str:
    """The segment under which the scores of a model version are profiled.

    Args:
        version: The model version that scored.
        segment: Of the rows; empty for all of them.

    >>> score_segment(3), score_segment(3, "origin=JFK")
    ('model_version=3', 'model_version=3,origin=JFK')
    """
    return f"model_version={version}" + (f",{segment}" if segment else "")
