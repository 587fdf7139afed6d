"""The matrix a booster is fitted on and scores: float32, missing as NaN, no infinities."""

from typing import cast

import numpy as np
import numpy.typing as npt

from ml_platform.core.errors import UserError

FloatMatrix = npt.NDArray[np.float32]

_LARGEST = np.finfo(np.float32).max


def feature_matrix(made: npt.ArrayLike, columns: int) -> FloatMatrix:
    """Return `made` as float32 of shape [rows, columns], infinities held at the largest float32.

    XGBoost refuses infinities when it is fitted and accepts them when it scores. Holding them
    at the edge in both places keeps their order and treats them alike. NaN stays missing.

    Raises:
        UserError: the shape is not [rows, columns].

    >>> feature_matrix([[1.0, np.inf]], 2)[0, 1] == np.finfo(np.float32).max
    np.True_
    """
    with np.errstate(over="ignore"):
        matrix = np.asarray(made, dtype=np.float32)
    if matrix.ndim != 2 or matrix.shape[1] != columns:
        raise UserError(
            f"preprocess made a matrix of shape {matrix.shape}; "
            f"expected one row per input row and {columns} columns, one per feature"
        )
    if np.isinf(matrix).any():
        matrix = np.clip(matrix, -_LARGEST, _LARGEST)
    return cast(FloatMatrix, np.ascontiguousarray(matrix))
