"""How many labelled rows there are to learn from, and to learn new values from."""

from math import isnan

import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.drift.ranking import OF_UNSEEN_VALUES
from ml_platform.core.drift.unseen_rate import unseen_rate
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.reference_profiles import both_sides
from ml_platform.stores.lake import Lake


def rows_to_learn_from(model: Model, lake: Lake) -> dict[str, int]:
    """Labelled rows by partition before the hold-out, which a training would keep apart."""
    table = lake.table(model.table(names.LABELS))
    counts = table.row_counts() if table.exists() else {}
    if not counts:
        return {}
    held_out = set(model.calendar.trailing(max(counts), model.spec.training.holdout))
    return {partition: rows for partition, rows in counts.items() if partition not in held_out}


def unseen_labelled_rows(model: Model, lake: Lake, as_of: str) -> int:
    """Rows of the drift window that have labels and hold a value the reference never had.

    Counted from profiles, in the column that has most of them, among the columns that the newest
    windows were found to hold too many unseen values in. What the reference itself has beyond its
    bins, such as the rare categories of its own, is taken off.
    """
    labels = lake.table(model.table(names.LABELS))
    labelled = set(labels.partitions()) if labels.exists() else set()
    version, columns, length = _flagged(model, lake, as_of)
    if version is None:
        return 0
    known = [
        partition for partition in model.calendar.keys_to(as_of, length) if partition in labelled
    ]
    if not known:
        return 0
    reference, found = both_sides(lake, model, version, known)
    there = [(reference[c], found[c]) for c in columns if c in reference and c in found]
    return max((_grown(ours, theirs) for ours, theirs in there), default=0)


def _flagged(model: Model, lake: Lake, as_of: str) -> tuple[int | None, set[str], int]:
    """Columns with too many unseen values on the newest partition judged.

    Returns:
        By which version they were judged, and over how many partitions: the longest window.
    """
    table = lake.table(model.table(names.DRIFT))
    judged = [p for p in table.partitions() if p <= as_of] if table.exists() else []
    if not judged:
        return None, set(), 0
    rows: pa.Table = table.read_arrow(
        [max(judged)], columns=["column", "statistic", "span", "verdict", "model_version"]
    )
    violated = pa.array([str(v) for v in Verdict if v.violated])
    unseen = pa.array(sorted(OF_UNSEEN_VALUES))
    of_unseen = pc.is_in(rows["statistic"], value_set=unseen)
    found = rows.filter(pc.and_(of_unseen, pc.is_in(rows["verdict"], value_set=violated)))
    version = pc.max(found["model_version"]).as_py()
    return version, set(found["column"].to_pylist()), pc.max(rows["span"]).as_py() or 0


def _grown(reference: ColumnProfile, window: ColumnProfile) -> int:
    """Rows of a window beyond what the reference has in the same share."""
    grown = unseen_rate(reference, window)
    return 0 if isnan(grown) else round(grown * window.values)
