"""The rules of "Cause before action": one for each thing that may be seen, and its action.

A rule looks at the policy, the facts and the ledger, and proposes a decision, or nothing when what
it looks for is not there. Patience, cooldown, budget and single flight are not its business:
`retraining_brakes` has those.
"""

from collections.abc import Callable
from typing import TypeAlias

from ml_platform.core.decision import Decision
from ml_platform.core.facts import Facts
from ml_platform.core.ledger import Past
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.drift import covariate_drift, drift_with_loss, score_drift, unseen
from ml_platform.core.rules.loss import performance_loss, performance_loss_after_promotion
from ml_platform.core.rules.need import new_data, no_champion, requested
from ml_platform.core.rules.trouble import data_quality

Rule: TypeAlias = Callable[[RetrainingSpec, Facts, Past], Decision | None]

# In order of precedence.
RULES: tuple[Rule, ...] = (
    data_quality,
    requested,
    no_champion,
    performance_loss_after_promotion,
    performance_loss,
    unseen,
    drift_with_loss,
    new_data,
    score_drift,
    covariate_drift,
)
