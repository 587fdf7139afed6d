"""The bins and segments of a model in the lake: every version stays, the newest is used."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from ml_platform.core import names
from ml_platform.core.column_values import Values
from ml_platform.core.edge_growth import refined
from ml_platform.core.edges import Edges, edges_from_values
from ml_platform.core.profile_plan import ProfilePlan
from ml_platform.core.rebinning import EdgeVersions
from ml_platform.core.score_profile import SCORE, SCORE_EDGES, predicted_edges
from ml_platform.core.segmentation import Segmentation, segmentation_of
from ml_platform.lifecycle.model import Model
from ml_platform.stores.lake import Lake

EDGES_SCHEMA = pa.schema(
    [
        ("column", pa.string()),
        ("kind", pa.string()),
        ("edges", pa.list_(pa.float64())),
        ("categories", pa.list_(pa.string())),
        ("version", pa.int64()),
    ]
)
"""One row per column and version of its bins; a row of kind ``segments`` holds the values of a
column that have a segment of their own. Bins of the score are kept where it is a predicted
number."""

_SEGMENTS = "segments"


def read_edges(lake: Lake, model: Model) -> list[Edges]:
    """The newest bins of the model's inputs, in their order; none before the first training."""
    return list(read_plan(lake, model).edges)


def read_plan(lake: Lake, model: Model) -> ProfilePlan:
    """What is counted of each day's inputs; nothing before the first training.

    A segment that was declared since the last training is counted from the next one on.
    """
    rows = _rows(lake, model)
    versions = sorted(_versions(rows).items())
    newest = {column: cut for (column, _), cut in versions}
    segmentations = {
        row["column"]: Segmentation(row["column"], tuple(row["categories"]))
        for row in rows
        if row["kind"] == _SEGMENTS
    }
    declared = model.spec.monitoring.segments
    return ProfilePlan(
        tuple(newest[column] for column in model.inputs if column in newest),
        tuple(segmentations[column] for column in declared if column in segmentations),
    )


def read_edge_versions(lake: Lake, model: Model) -> EdgeVersions:
    """All bins that any column ever had, the score's too, by column and version."""
    versions = _versions(_rows(lake, model))
    return (
        versions | {(SCORE, SCORE_EDGES.version): SCORE_EDGES} if model.task.decides else versions
    )


def read_score_edges(lake: Lake, model: Model) -> Edges | None:
    """The newest bins of the score; None of predicted numbers before the first training."""
    if model.task.decides:
        return SCORE_EDGES
    kept = [cut for (column, _), cut in _versions(_rows(lake, model)).items() if column == SCORE]
    return max(kept, key=lambda cut: cut.version, default=None)


def fit_score_edges(lake: Lake, model: Model, scores: Values) -> Edges:
    """The bins of the score from now on: fixed of probabilities, else cut or made finer.

    Args:
        lake: Where they are kept.
        model: Whose score it is.
        scores: Of the hold-out, shape [n].
    """
    present = read_score_edges(lake, model)
    if model.task.decides and present is not None:
        return present
    fitted = predicted_edges(scores, present)
    if fitted is not present:
        table = lake.table(model.table(names.EDGES))
        table.append_arrow(pa.Table.from_pylist([fitted.to_row()], schema=EDGES_SCHEMA))
    return fitted


def _versions(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, int], Edges]:
    found = [Edges.from_row(row) for row in rows if row["kind"] != _SEGMENTS]
    return {(cut.column, cut.version): cut for cut in found}


def fit_plan(
    lake: Lake, model: Model, inputs: Mapping[str, Values], segments: Mapping[str, Values]
) -> ProfilePlan:
    """What is counted from now on: bins and segments as they are, made finer where too coarse.

    A first training cuts them all; a later one adds those of new columns, and divides the bins
    that hold too many of its values.

    Args:
        lake: Where they are kept.
        model: Its inputs and declared segments.
        inputs: Values of each input in the training rows, shape [n].
        segments: Values of each segment column, shape [n].
    """
    present = read_plan(lake, model)
    of_column = {cut.column: cut for cut in present.edges}
    edges = [_fitted(of_column.get(c), c, kind, inputs[c]) for c, kind in model.inputs.items()]
    known = {each.column: each for each in present.segmentations}
    segmentations = [known.get(c) or segmentation_of(c, v) for c, v in segments.items()]
    added = [cut.to_row() for cut in edges if cut is not of_column.get(cut.column)]
    added += [_row(each) for each in segmentations if each.column not in known]
    if added:
        table = lake.table(model.table(names.EDGES))
        table.append_arrow(pa.Table.from_pylist(added, schema=EDGES_SCHEMA))
    return ProfilePlan(tuple(edges), tuple(segmentations))


def _fitted(present: Edges | None, column: str, dtype: str, values: Values) -> Edges:
    if present is not None:
        return refined(present, values)
    kind = "categorical" if dtype == "string" else "numeric"
    return edges_from_values(column, values, kind=kind)


def _row(segmentation: Segmentation) -> dict[str, Any]:
    return {
        "column": segmentation.column,
        "kind": _SEGMENTS,
        "edges": [],
        "categories": list(segmentation.values),
        "version": 1,
    }


def _rows(lake: Lake, model: Model) -> Sequence[dict[str, Any]]:
    table = lake.table(model.table(names.EDGES))
    return table.read_arrow().to_pylist() if table.exists() else []
