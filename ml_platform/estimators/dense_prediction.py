"""XGBoost's own C call for a dense matrix, without the Python around it.

`Booster.inplace_predict` makes the same call with the same arguments, and so gives the same bits;
its looking for pandas, polars, arrow and cupy costs a single row more than the trees do.
https://xgboost.readthedocs.io/en/stable/c.html, XGBoosterPredictFromDense.
"""

from __future__ import annotations

import ctypes
import threading
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from xgboost import Booster

_ALL_TREES = (
    b'{"type":0,"training":false,"iteration_begin":0,"iteration_end":0,'
    b'"missing":NaN,"strict_shape":false,"cache_id":0}'
)
_MATRIX = b'{"data":[%d,true],"shape":[%d,%d],"typestr":"<f4","version":3}'


class _Call(threading.local):
    """Where one thread's call puts its answer, and the handle that names its matrix."""

    def __init__(self) -> None:
        from xgboost import core

        self.check = core._check_call
        self.predict = core._LIB.XGBoosterPredictFromDense
        self.free = core._LIB.XGDMatrixFree
        self.matrix = ctypes.c_void_p()
        self.check(core._LIB.XGProxyDMatrixCreate(ctypes.byref(self.matrix)))
        self.shape = ctypes.POINTER(ctypes.c_uint64)()
        self.dimensions = ctypes.c_uint64()
        self.scores = ctypes.POINTER(ctypes.c_float)()
        self.answer = tuple(map(ctypes.byref, (self.shape, self.dimensions, self.scores)))

    def __del__(self) -> None:
        self.free(self.matrix)


_call: _Call | None = None


def predict_dense(booster: Booster, matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the score of each row of a C-ordered float32 matrix [rows, features]; NaN is missing.

    Raises:
        XGBoostError: the matrix has another number of features than the trees were fitted on.
    """
    global _call
    if _call is None:
        _call = _Call()
    rows, features = matrix.shape
    described = _MATRIX % (matrix.ctypes.data, rows, features)
    status = _call.predict(booster.handle, described, _ALL_TREES, _call.matrix, *_call.answer)
    if status:
        _call.check(status)
    # The scores lie in XGBoost's memory, which its next call on this thread uses again.
    return np.frombuffer(ctypes.string_at(_call.scores, 4 * rows), dtype=np.float32)
