"""The parameters a team may set for each kind of estimator, with the range each must lie in.

Names and ranges are those of XGBoost's scikit-learn interface
(https://xgboost.readthedocs.io/en/stable/parameter.html). The seed and the number of threads are
not here: the platform and the machine decide them. Some depend on the task: a classifier has one
objective, and weights its positive rows; a regression may choose what its error is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ml_platform.core.spec_errors import not_among
from ml_platform.core.task import TaskName

ParamValue: TypeAlias = bool | int | float | str


@dataclass(frozen=True)
class NumberParam:
    """A numeric parameter and the closed range it must lie in."""

    low: float
    high: float = float("inf")
    whole: bool = False

    def mistake(self, value: ParamValue) -> str | None:
        """Say what is wrong with a value, or nothing."""
        number = isinstance(value, int if self.whole else int | float)
        if isinstance(value, bool) or not number:
            return f"expected a {'whole ' if self.whole else ''}number"
        if not self.low <= float(value) <= self.high:
            return f"expected a number from {self.low:g} to {self.high:g}"
        return None


@dataclass(frozen=True)
class ChoiceParam:
    """A parameter that takes one of a few words."""

    choices: tuple[str, ...]

    def mistake(self, value: ParamValue) -> str | None:
        """Say what is wrong with a value, or nothing."""
        return None if value in self.choices else f"valid choices: {', '.join(self.choices)}"


_SMALLEST = 1e-9

PARAMS: Mapping[str, Mapping[str, NumberParam | ChoiceParam]] = {
    "xgboost": {
        "n_estimators": NumberParam(1, 100_000, whole=True),
        "max_depth": NumberParam(0, 64, whole=True),
        "max_leaves": NumberParam(0, whole=True),
        "max_bin": NumberParam(2, whole=True),
        "learning_rate": NumberParam(_SMALLEST, 1),
        "min_child_weight": NumberParam(0),
        "max_delta_step": NumberParam(0),
        "gamma": NumberParam(0),
        "reg_alpha": NumberParam(0),
        "reg_lambda": NumberParam(0),
        "subsample": NumberParam(_SMALLEST, 1),
        "colsample_bytree": NumberParam(_SMALLEST, 1),
        "colsample_bylevel": NumberParam(_SMALLEST, 1),
        "colsample_bynode": NumberParam(_SMALLEST, 1),
        "num_parallel_tree": NumberParam(1, whole=True),
        "grow_policy": ChoiceParam(("depthwise", "lossguide")),
        "tree_method": ChoiceParam(("auto", "exact", "approx", "hist")),
    }
}
"""By kind, whatever the task is."""

OF_TASK: Mapping[tuple[str, TaskName], Mapping[str, NumberParam | ChoiceParam]] = {
    ("xgboost", "binary_classification"): {
        "scale_pos_weight": NumberParam(_SMALLEST),
        "base_score": NumberParam(_SMALLEST, 1 - _SMALLEST),
    },
    ("xgboost", "regression"): {
        "objective": ChoiceParam(
            (
                "reg:squarederror",
                "reg:absoluteerror",
                "reg:pseudohubererror",
                "reg:gamma",
                "reg:tweedie",
                "count:poisson",
            )
        ),
        "base_score": NumberParam(float("-inf")),
    },
}


def param_mistakes(
    kind: str, task: TaskName, params: Mapping[str, ParamValue], where: str = "estimator.params"
) -> Iterator[tuple[str, str]]:
    """Yield (parameter, what is wrong with it) for each slip in the parameters of an estimator.

    >>> list(param_mistakes("xgboost", "regression", {"max_depth": -1}))
    [('max_depth', 'estimator.params.max_depth: given -1, expected a number from 0 to 64')]
    """
    known = {**PARAMS[kind], **OF_TASK[kind, task]}
    for name, value in params.items():
        if name not in known:
            yield name, not_among(name, known, where)
        elif wrong := known[name].mistake(value):
            yield name, f"{where}.{name}: given {value!r}, {wrong}"
