"""The same trees fitted by a Spark cluster, for training sets beyond one process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ml_platform.core.errors import ConfigError
from ml_platform.core.task import BINARY_CLASSIFICATION, Task
from ml_platform.estimators.xgboost_model import booster_params

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from xgboost import Booster


def fit_distributed(
    frame: DataFrame,
    label: str,
    params: Mapping[str, Any],
    feature_names: Sequence[str],
    seed: int = 0,
    workers: int = 1,
    task: Task = BINARY_CLASSIFICATION,
) -> Booster:
    """Fit on a Spark DataFrame that holds one float column per feature and the label.

    Missing values are NaN or null. The parameters are those of the in-process fit. The trees
    are not bit-equal to it (bins are merged from per-worker sketches); the metrics agree.

    Raises:
        ConfigError: the session is Spark Connect, which xgboost.spark cannot use, or the
            parameters ask for a method that exists in one process only.
    """
    _require_classic(frame)
    from xgboost.spark import SparkXGBClassifier, SparkXGBRegressor

    own, rounds = booster_params(params, seed, task)
    if own["tree_method"] == "exact":
        raise ConfigError(
            "estimator.params.tree_method: exact works in one process only; "
            "use hist, or raise estimator.memory_budget_mb"
        )
    # The classifier takes its objective from the label, the regressor as it is said.
    left_out = ("seed", "objective") if task.decides else ("seed",)
    settings = {key: value for key, value in own.items() if key not in left_out}
    estimator = (SparkXGBClassifier if task.decides else SparkXGBRegressor)(
        features_col=list(feature_names),
        label_col=label,
        n_estimators=rounds,
        random_state=seed,
        num_workers=workers,
        missing=float("nan"),
        **settings,
    )
    booster = estimator.fit(frame.fillna(float("nan"), list(feature_names))).get_booster()
    booster.feature_names = list(feature_names)
    return booster


def _require_classic(frame: DataFrame) -> None:
    if type(frame).__module__.startswith("pyspark.sql.connect"):
        raise ConfigError(
            "the training set is over estimator.memory_budget_mb and xgboost.spark needs a "
            "classic Spark session, not Spark Connect: unset SPARK_REMOTE for the training run "
            "or raise the budget"
        )
