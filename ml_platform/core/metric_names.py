"""The metrics of each task by name, and which way is better."""

from types import MappingProxyType
from typing import Literal, get_args

BinaryMetric = Literal[
    "accuracy",
    "precision",
    "recall",
    "f1",
    "roc_auc",
    "pr_auc",
    "brier",
    "log_loss",
    "calibration_error",
]
RegressionMetric = Literal["mae", "rmse", "median_absolute_error", "r2", "bias"]
Metric = Literal[BinaryMetric, RegressionMetric]

BINARY_METRICS: tuple[str, ...] = get_args(BinaryMetric)
REGRESSION_METRICS: tuple[str, ...] = get_args(RegressionMetric)
METRICS: tuple[str, ...] = (*BINARY_METRICS, *REGRESSION_METRICS)
LOWER_IS_BETTER = frozenset(
    {"brier", "log_loss", "calibration_error", "mae", "rmse", "median_absolute_error", "bias"}
)
HIGHER_IS_BETTER = MappingProxyType({name: name not in LOWER_IS_BETTER for name in METRICS})
ZERO_IS_BEST = frozenset({"bias"})
"""Good is what lies near 0, on either side; lower is better of the distance."""

# Metrics in the unit of the label, with the one whose size tells what much of them is.
_UNIT = MappingProxyType(
    {
        "mae": "mae",
        "rmse": "rmse",
        "median_absolute_error": "median_absolute_error",
        "bias": "mae",
    }
)

# What a decision threshold can be chosen by. Precision and recall each have a worthless best
# threshold (decide "yes" never, or always), and the others do not depend on the threshold.
ThresholdMetric = Literal["accuracy", "f1"]


def goodness(metric: str, value: float) -> float:
    """Return a value turned so that more is better.

    >>> goodness("roc_auc", 0.7), goodness("brier", 0.2), goodness("bias", -3.0)
    (0.7, -0.2, -3.0)
    """
    if metric in ZERO_IS_BEST:
        return -abs(value)
    return value if HIGHER_IS_BETTER[metric] else -value


def gain(metric: str, better: float, worse: float) -> float:
    """Return how far the first value is ahead of the second, positive when it is the better one.

    >>> round(gain("brier", 0.15, 0.17), 4), round(gain("recall", 0.5, 0.6), 4)
    (0.02, -0.1)
    >>> gain("bias", -1.0, 3.0)
    2.0
    """
    return goodness(metric, better) - goodness(metric, worse)


def unit_of_harm(metric: str) -> str | None:
    """The metric whose reference value is the unit that an allowed harm is declared in.

    None where harm is in the metric's own units, as of shares. An error in the label's unit may be
    of any size, so of it a share of what the reference has is allowed.

    >>> unit_of_harm("rmse"), unit_of_harm("bias"), unit_of_harm("brier")
    ('rmse', 'mae', None)
    """
    return _UNIT.get(metric)
