"""Column values as they arrive, told apart into usable and missing.

An array of numbers, booleans, dates or text; a masked array's mask says what is missing; in an
object array ``None`` is missing. NaN in a numeric column is not missing: it is counted apart,
because a broken computation and an absent reading call for different people.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = np.ndarray[Any, Any]
FloatArray = NDArray[np.float64]

_NUMBER_KINDS = "biufMm"


def holds_numbers(values: Values) -> bool:
    """Whether the values are numbers, booleans or instants, so that a histogram suits them.

    >>> holds_numbers(np.array([1, None], dtype=object)), holds_numbers(np.array(["a"]))
    (True, False)
    """
    if values.dtype.kind in _NUMBER_KINDS:
        return True
    present = _present(values)[0]
    return len(present) > 0 and all(isinstance(value, Real | Decimal) for value in present)


def numbers(values: Values) -> tuple[FloatArray, int]:
    """The present values as float64 (instants: seconds since 1970 UTC) and how many are missing.

    Raises:
        ValueError: A value that is no number.
    """
    present, missing = _present(values)
    if present.dtype.kind in "Mm":
        unit = "datetime64[us]" if present.dtype.kind == "M" else "timedelta64[us]"
        return present.astype(unit).astype(np.int64) / 1e6, missing
    return present.astype(np.float64), missing


def texts(values: Values) -> tuple[Counter[str], int]:
    """How often each present value occurs, as text, and how many are missing (NaN included).

    >>> texts(np.array(["a", None, "a"], dtype=object))
    (Counter({'a': 2}), 1)
    """
    present, missing = _present(values)
    counts: Counter[str] = Counter()
    for value, times in Counter(present.tolist()).items():
        # Only NaN differs from itself; object columns made from frames hold it for "no text".
        if value != value:
            missing += times
        else:
            counts[str(value)] += times
    return counts, missing


def _present(values: Values) -> tuple[Values, int]:
    if isinstance(values, np.ma.MaskedArray):
        kept = values.compressed()
        return kept, len(values) - len(kept)
    if values.dtype.kind in "Mm":
        present = values[~np.isnat(values)]
    elif values.dtype == object:
        present = values[np.array([value is not None for value in values], dtype=bool)]
    else:
        present = values
    return present, len(values) - len(present)
