"""Input columns in the one form that preprocess sees, whoever calls: batch, one row, a test.

A column of whole numbers arrives as int64 from a batch without gaps, as float64 from one with
gaps, and as Python integers or None from a request. Arithmetic differs between those forms, and
so would scores. Here each kind has exactly one form:

- numbers and booleans: float64, missing as NaN (exact for whole numbers below 2^53);
- text: object, missing as None;
- times: datetime64[us] without zone (UTC), missing as NaT.
"""

from collections.abc import Callable, Mapping
from itertools import chain
from types import NoneType
from typing import Any

import numpy as np
import numpy.typing as npt

from ml_platform.core.column_kind import ColumnKind, column_kind
from ml_platform.core.errors import UserError

Columns = Mapping[str, npt.NDArray[Any]]

SHORT = 16
"""Rows up to which one step for all columns of numbers takes less time than one for each."""


def one_form(columns: Mapping[str, Any], declared: Mapping[str, str]) -> Columns:
    """Return the declared columns, each in the form of its kind; further columns are left out.

    Raises:
        UserError: a declared column is absent, or a value is not of its declared kind.
    """
    absent = [name for name in declared if name not in columns]
    if absent:
        raise UserError(
            f"the model needs the columns {', '.join(absent)}; given: {', '.join(columns)}"
        )
    formed = _plain_numbers(columns, declared)
    return {
        name: formed[name] if name in formed else _in_form(name, columns[name], dtype)
        for name, dtype in declared.items()
    }


def _plain_numbers(columns: Mapping[str, Any], declared: Mapping[str, str]) -> Columns:
    """The columns of numbers in one step, where all are short lists of Python's own numbers.

    That is what a request holds, and a quarter of the time for it is saved. Longer columns, others,
    and any that are at fault, go one by one.
    """
    names = [name for name, dtype in declared.items() if column_kind(dtype) is ColumnKind.NUMBER]
    lists = [columns[name] for name in names]
    if {*map(type, lists)} != {list} or len(lists[0]) > SHORT:
        return {}
    if not {*map(type, chain(*lists))} <= _PLAIN:
        return {}
    try:
        return dict(zip(names, np.array(lists, dtype=np.float64), strict=True))
    except (ValueError, OverflowError):
        return {}


def _in_form(name: str, values: Any, dtype: str) -> npt.NDArray[Any]:
    try:
        formed = _FORMS[column_kind(dtype)](values)
        if formed.ndim != 1:
            raise ValueError(f"it has the shape {formed.shape}, not one value per row")
        return formed
    except (TypeError, ValueError, OverflowError) as error:
        raise UserError(f'column "{name}" is declared {dtype}: {error}') from error


def _numbers(values: Any) -> npt.NDArray[np.float64]:
    if type(values) is list and {*map(type, values)} <= _PLAIN:
        return np.array(values, dtype=np.float64)
    array = np.asarray(values)
    if array.dtype == object:
        array = np.array([np.nan if _missing(value) else value for value in array.tolist()])
    if array.dtype.kind in "US":
        # numpy would read "12" as 12 here and fail on "12 min" there: text is never a number.
        raise ValueError(f"it holds the text {array[0]!r}")
    return np.asarray(array, dtype=np.float64)


def _times(values: Any) -> npt.NDArray[np.datetime64]:
    array = np.asarray(values)
    if array.dtype == object:
        array = np.array([None if _missing(value) else value for value in array.tolist()])
    return array.astype("datetime64[us]")


def _texts(values: Any) -> npt.NDArray[np.object_]:
    array = np.asarray(values, dtype=object)
    texts, given = np.empty(len(array), dtype=object), array.tolist()
    if not {*map(type, given)} <= _PLAIN_TEXT:
        given = [None if _missing(value) else str(value) for value in given]
    texts[:] = given
    return texts


_PLAIN: frozenset[type] = frozenset({int, float, bool, NoneType})
_PLAIN_TEXT: frozenset[type] = frozenset({str, NoneType})


def _missing(value: Any) -> bool:
    # NaN and NaT are the values that differ from themselves; pandas.NA refuses to be a truth.
    return value is None or type(value).__name__ == "NAType" or bool(value != value)


_FORMS: Mapping[ColumnKind, Callable[[Any], npt.NDArray[Any]]] = {
    ColumnKind.NUMBER: _numbers,
    ColumnKind.TEXT: _texts,
    ColumnKind.TIME: _times,
}
