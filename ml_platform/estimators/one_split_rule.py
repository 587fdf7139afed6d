"""The trivial rule that a candidate must beat: one split on the one best feature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform.estimators.xgboost_model import fit

STUMP = {"n_estimators": 1, "max_depth": 1, "learning_rate": 1.0}


def one_split_scores(
    candidate: ScoringModel,
    learnt: Mapping[str, Any],
    label: npt.NDArray[Any],
    judged: Mapping[str, Any],
) -> npt.NDArray[np.float64]:
    """Scores of a rule on the candidate's own features, shape [n].

    Args:
        candidate: The model whose features are used.
        learnt: Input columns to learn from, of shape [m].
        label: Their labels, shape [m].
        judged: Input columns to score, of shape [n].
    """
    stump = fit(
        candidate.features(learnt), label, STUMP, candidate.feature_names, task=candidate.task
    )
    scores = stump.inplace_predict(candidate.features(judged), validate_features=False)
    return np.asarray(scores, dtype=np.float64)
