"""Requests of few rows scored by ONNX Runtime, with the bits that XGBoost gives.

One row costs ONNX Runtime a fraction of an XGBoost call, many rows cost it more: see
benchmarks/serving_engines.py. That the bits are equal is not taken for granted: golden rows are
compared when a version is loaded, and the replay before a promotion asks both paths.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ml_platform.core.errors import ConfigError, StoreError
from ml_platform.core.serving_spec import declared_engine
from ml_platform.estimators.artifact import ONNX_FILE
from ml_platform.estimators.onnx_trees import INSTALL, MARGIN
from ml_platform.estimators.scoring_model import ScoringModel

FEW_ROWS = 16
"""Up to so many rows ONNX Runtime is quicker than XGBoost."""

_LOWEST = np.float32(-88.7)
"""Where XGBoost's logistic function stops to fall, so that exp does not overflow.
https://github.com/dmlc/xgboost/blob/v3.2.0/src/common/math.h
"""

Scores = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True)
class OnnxScoringModel(ScoringModel):
    """A scoring model whose `score_features` asks ONNX Runtime for up to `FEW_ROWS` rows.

    Attributes:
        few: scores of a float32 matrix [rows, features].
    """

    few: Scores

    def score_features(self, matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return one score per row of a feature matrix."""
        if not 0 < len(matrix) <= FEW_ROWS:
            return super().score_features(matrix)
        return self.few(matrix).astype(np.float64)


def with_declared_engine(model: ScoringModel, artifact: Path) -> ScoringModel:
    """Return the model as the endpoint uses it: with the engine that it was declared with.

    Args:
        model: loaded from `artifact`, whose files were verified.
        artifact: its folder.

    Raises:
        ConfigError: the engine is onnx, and ONNX Runtime is not installed.
        StoreError: the engine is onnx, and the artifact has no ONNX model.
    """
    if declared_engine(model.spec["spec"]) != "onnx":
        return model
    taken = {each.name: getattr(model, each.name) for each in fields(model)}
    return OnnxScoringModel(**taken, few=onnx_scores(artifact / ONNX_FILE))


def onnx_scores(file: Path) -> Scores:
    """Load an ONNX model of trees; it scores on the calling thread.

    Raises:
        ConfigError: ONNX Runtime is not installed.
        StoreError: there is no such file.
    """
    try:
        import onnxruntime as ort
    except ImportError as error:
        raise ConfigError(
            "serving.engine: onnx needs the package onnxruntime, which is not installed: "
            f"{INSTALL}, or train the model with engine: xgboost"
        ) from error
    if not file.exists():
        raise StoreError(f"{file} is missing: serving.engine: onnx needs it. Retrain the model")
    options = ort.SessionOptions()
    # Adding the leaves in one order needs one thread.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    def plain(matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        return session.run(None, {"x": matrix})[0][:, 0]

    def logistic(matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        # XGBoost has loaded it already. On float32 it is XGBoost's own formula, with the
        # expf of the C library.
        from scipy.special import expit

        return expit(np.maximum(plain(matrix), _LOWEST))

    return logistic if session.get_outputs()[0].name == MARGIN else plain
