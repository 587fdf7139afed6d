"""The rules of "Cause before action": one for each thing that may be seen, and its action.

A rule looks at the policy, the facts and the ledger, and proposes a decision, or nothing when what
it looks for is not there. Patience, cooldown, budget and single flight are not its business:
`retraining_brakes` has those.

Precedence, where several rules propose:

1. Broken data: whatever else is seen on them may be their doing.
2. A person's request, and the first model of all.
3. What began at the last promotion: putting the former champion back is quicker and surer than
   a new one, and a retraining would learn from the same rows again.
4. Performance lost on labels: a changed relation between inputs and label before a mere loss,
   because it says why; both before inputs never seen and before drift, because labels are the
   only proof.
5. Drift with a loss: proven by labels before estimated without them.
6. An aged champion.
7. What is only told or waited for: labels, estimates, the rate of labels that scores let expect
   and scores before inputs, columns before their joint distribution, because the nearer to the
   decision, the more it says.
"""

from collections.abc import Callable
from typing import TypeAlias

from ml_platform.core.decision import Decision
from ml_platform.core.facts import Facts
from ml_platform.core.ledger import Past
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.drift import covariate_drift, multivariate_drift, unseen
from ml_platform.core.rules.drift_with_loss import drift_with_estimated_loss, drift_with_loss
from ml_platform.core.rules.early_sign import (
    estimated_loss,
    expected_label_shift,
    label_drift,
    score_drift,
)
from ml_platform.core.rules.loss import (
    concept_drift,
    concept_drift_after_promotion,
    performance_loss,
    performance_loss_after_promotion,
)
from ml_platform.core.rules.need import new_data, no_champion, requested
from ml_platform.core.rules.trouble import data_quality

Rule: TypeAlias = Callable[[RetrainingSpec, Facts, Past], Decision | None]

# In order of precedence.
RULES: tuple[Rule, ...] = (
    data_quality,
    requested,
    no_champion,
    performance_loss_after_promotion,
    concept_drift_after_promotion,
    concept_drift,
    performance_loss,
    unseen,
    drift_with_loss,
    drift_with_estimated_loss,
    new_data,
    label_drift,
    estimated_loss,
    expected_label_shift,
    score_drift,
    covariate_drift,
    multivariate_drift,
)
