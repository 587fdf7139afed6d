"""How far back the rows of a window are read, so that it can grow until it holds enough."""

from collections.abc import Mapping

from ml_platform.core.window_growth import MOST_GROWTH, trailing_enough
from ml_platform.lifecycle.model import Model

_ROOM = 4
"""Not every row counts: of another version, without an answer, without a label."""


def reach(
    model: Model, partition: str, rows: Mapping[str, int], declared: int, needed: int
) -> list[str]:
    """The declared window that ends with a partition, or a longer one where it holds few rows.

    Args:
        model: the model.
        partition: the last of the window.
        rows: by partition, at most so many that count.
        declared: partitions of the declared window.
        needed: rows that the window needs.
    """
    keys = model.calendar.keys_to(partition, MOST_GROWTH * declared)
    counts = [rows.get(key, 0) for key in keys]
    return keys[-(trailing_enough(counts, declared, _ROOM * needed) or len(keys)) :]
