"""A profile as one line for a person."""

from __future__ import annotations

from ml_platform.core.check_outcome import Cell
from ml_platform.core.profile import ColumnProfile


def profile_line(profile: ColumnProfile) -> dict[str, Cell]:
    """What a reader asks of a column first: is it filled, in which range, with how many values.

    `distinct` is an estimate, within some 3%. `unseen` counts the values that the reference never
    had. A range that there is none of is left empty.
    """
    return {
        "column": profile.column,
        "rows": profile.rows,
        "missing": profile.missing,
        "nan": profile.nan,
        "infinite": profile.infinite,
        "distinct": round(profile.distinct_values),
        "unseen": profile.outside,
        "minimum": profile.minimum,
        "maximum": profile.maximum,
    }
