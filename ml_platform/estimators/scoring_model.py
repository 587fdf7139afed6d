"""A trained model ready to score: the same code for a batch of millions and for one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ml_platform.core.task import BINARY_CLASSIFICATION, Task
from ml_platform.estimators.dense_prediction import predict_dense
from ml_platform.estimators.feature_matrix import feature_matrix
from ml_platform.estimators.input_columns import Columns, one_form

if TYPE_CHECKING:
    from xgboost import Booster

Transform = Callable[[Columns], npt.NDArray[np.float32]]


@dataclass(frozen=True)
class ScoringModel:
    """A booster with the feature code and the threshold it was judged with.

    Attributes:
        booster: the trees; scores on one thread, so that callers decide about parallelism.
        transform: preprocess: input columns -> float32 matrix [rows, features].
        input_columns: the columns `score` needs, with their dtypes.
        feature_names: the matrix columns, in order.
        threshold: a score at or above it is decided 1; None where a score is the predicted value
            itself and nothing is decided (regression).
        spec: what was stored with the model: resolved declaration, versions, data.
        task: what the model is asked for.
    """

    booster: Booster
    transform: Transform
    input_columns: Mapping[str, str]
    feature_names: tuple[str, ...]
    threshold: float | None
    spec: Mapping[str, Any]
    task: Task = BINARY_CLASSIFICATION

    def features(self, columns: Mapping[str, Any]) -> npt.NDArray[np.float32]:
        """Return the feature matrix [rows, features] of raw input columns.

        Raises:
            UserError: a column is absent or holds values of another kind.
        """
        # A number beyond float32 becomes an infinity here; feature_matrix holds it at the edge.
        with np.errstate(over="ignore"):
            made = self.transform(one_form(columns, self.input_columns))
        return feature_matrix(made, len(self.feature_names))

    def score(self, columns: Mapping[str, Any]) -> npt.NDArray[np.float64]:
        """Return one score per row; bit for bit the same in any batch that holds the row.

        Raises:
            UserError: a column is absent or holds values of another kind.
        """
        return self.score_features(self.features(columns))

    def score_features(self, matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return one score per row of a feature matrix."""
        if not len(matrix):
            return np.empty(0, dtype=np.float64)
        return predict_dense(self.booster, matrix).astype(np.float64)

    def decide(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.int64] | None:
        """Return 1 where a score reaches the threshold, else 0; None without a threshold."""
        if self.threshold is None:
            return None
        return (scores >= self.threshold).astype(np.int64)
