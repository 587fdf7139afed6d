"""What was decided about a model, and why: the answer of the retraining policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ml_platform.core.alerts import Severity
from ml_platform.core.estimator_params import ParamValue
from ml_platform.core.facts import CheckName


class Action(StrEnum):
    """The verdicts of the policy. WAIT holds an action back; NOTHING says there is none due."""

    RETRAIN = "retrain"
    ROLL_BACK = "roll_back"
    PAGE = "page"
    ALERT = "alert"
    ASK_FOR_LABELS = "ask_for_labels"
    WAIT = "wait"
    NOTHING = "nothing"

    @property
    def acts(self) -> bool:
        """Whether something is changed or somebody is called, at once."""
        return self in (Action.RETRAIN, Action.ROLL_BACK, Action.PAGE)


class Cause(StrEnum):
    """What was seen, as the rows of "Cause before action" name it."""

    NO_CHAMPION = "no_champion"
    DATA_QUALITY = "data_quality"
    COVARIATE_DRIFT = "covariate_drift"
    MULTIVARIATE_DRIFT = "multivariate_drift"
    CONCEPT_DRIFT = "concept_drift"
    CONCEPT_DRIFT_AFTER_PROMOTION = "concept_drift_after_promotion"
    PERFORMANCE_LOSS = "performance_loss"
    PERFORMANCE_LOSS_AFTER_PROMOTION = "performance_loss_after_promotion"
    ESTIMATED_LOSS = "estimated_loss"
    SCORE_DRIFT = "score_drift"
    LABEL_DRIFT = "label_drift"
    EXPECTED_LABEL_SHIFT = "expected_label_shift"
    UNSEEN = "unseen"
    NEW_DATA = "new_data"
    REQUESTED = "requested"
    NONE = "none"


class Brake(StrEnum):
    """What can hold an action back."""

    COOLDOWN = "cooldown"
    BUDGET = "budget"
    PATIENCE = "patience"
    SINGLE_FLIGHT = "single_flight"
    IMMATURE_LABELS = "immature_labels"


@dataclass(frozen=True)
class Decision:
    """One verdict of the policy, with its cause and a sentence a person can check.

    `patience` names the check whose violations must be several before the action is taken; none
    when it is due at once. `refers_to` is the request that is answered, `params` the estimator
    parameters that it sets.
    """

    verdict: Action
    cause: Cause
    reason: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    held_back_by: Brake | None = None
    severity: Severity = Severity.INFO
    patience: CheckName | None = None
    refers_to: str | None = None
    params: Mapping[str, ParamValue] = field(default_factory=dict)
