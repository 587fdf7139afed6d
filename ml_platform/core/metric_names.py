"""The metrics of a binary classifier by name, and which way is better."""

from types import MappingProxyType
from typing import Literal, get_args

Metric = Literal[
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
METRICS: tuple[str, ...] = get_args(Metric)
LOWER_IS_BETTER = frozenset({"brier", "log_loss", "calibration_error"})
HIGHER_IS_BETTER = MappingProxyType({name: name not in LOWER_IS_BETTER for name in METRICS})

# What a decision threshold can be chosen by. Precision and recall each have a worthless best
# threshold (decide "yes" never, or always), and the others do not depend on the threshold.
ThresholdMetric = Literal["accuracy", "f1"]


def gain(metric: str, better: float, worse: float) -> float:
    """Return how far the first value is ahead of the second, positive when it is the better one.

    >>> round(gain("brier", 0.15, 0.17), 4), round(gain("recall", 0.5, 0.6), 4)
    (0.02, -0.1)
    """
    return better - worse if HIGHER_IS_BETTER[metric] else worse - better
