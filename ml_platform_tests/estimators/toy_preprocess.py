"""Feature code as a model would bring it: every kind of input column, numpy alone."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

INPUTS = {
    "distance": "float64",
    "sched_dep_time": "int64",
    "carrier": "string",
    "at": "datetime64[us]",
}
FEATURES = ("distance", "log_distance", "hour", "carrier", "weekday")
_CARRIERS = ("AA", "B6", "UA")


def transform(columns: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.float32]:
    """Return [rows, 5]."""
    distance = columns["distance"]
    codes = {name: float(code) for code, name in enumerate(_CARRIERS)}
    carrier = [np.nan if name is None else codes.get(name, -1.0) for name in columns["carrier"]]
    days = columns["at"].astype("datetime64[D]")
    weekday = np.where(np.isnat(days), np.nan, (days.astype(np.int64) + 3) % 7)
    return np.column_stack(
        [
            distance,
            np.sign(distance) * np.log1p(np.abs(distance)),
            np.floor(columns["sched_dep_time"] / 100),
            np.array(carrier, dtype=np.float64),
            weekday,
        ]
    ).astype(np.float32)
