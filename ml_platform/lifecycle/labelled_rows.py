"""How many labelled rows there are to learn from, and to learn new values from."""

from ml_platform.core import names
from ml_platform.core.profile import merge_all
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partitioning import window_of
from ml_platform.lifecycle.profile_table import read_profiles
from ml_platform.stores.lake import Lake


def rows_to_learn_from(model: Model, lake: Lake) -> dict[str, int]:
    """Labelled rows by partition before the hold-out, which a training would keep apart."""
    table = lake.table(model.table(names.LABELS))
    counts = table.row_counts() if table.exists() else {}
    if not counts:
        return {}
    held_out = set(window_of(model.partitions, max(counts), model.spec.training.holdout))
    return {partition: rows for partition, rows in counts.items() if partition not in held_out}


def unseen_labelled_rows(model: Model, lake: Lake, as_of: str) -> int:
    """Rows of the drift window that have labels and hold a value the reference never had.

    Counted from profiles, in the column that has most of them.
    """
    labels = lake.table(model.table(names.LABELS))
    labelled = set(labels.partitions()) if labels.exists() else set()
    window = window_of(model.partitions, as_of, model.spec.monitoring.drift.window)
    profiles = merge_all(read_profiles(lake, model, [p for p in window if p in labelled], ""))
    return max((profile.outside for profile in profiles), default=0)
