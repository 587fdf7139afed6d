"""Feature code of the model that the serving benchmark serves: twenty numbers as they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

INPUTS = {f"x{place}": "double" for place in range(20)}
FEATURES = tuple(INPUTS)


def transform(columns: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float32]:
    """The columns side by side, shape [n, 20]."""
    return np.column_stack([columns[name] for name in FEATURES]).astype(np.float32)
