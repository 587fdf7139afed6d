"""All checks, in the order of the loop; whoever looks for a check finds it here and nowhere else.

What breaks the data or the record is for somebody to mend now, and critical; what only moved is to
be known. Each partition of a source is refused, and mended, by itself: another day's pass does not
end it. Changed columns may only have warned, which holds nothing up: the next day ends that.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from ml_platform.core import names
from ml_platform.core.alerts import Severity
from ml_platform.core.checks.check import Check
from ml_platform.core.facts import CheckName

_of_source = partial(Check, of_model=False)
_refusing = partial(_of_source, ends_by_partition=True)
_DEMANDS = (
    (names.VOLUME, "The row count is as usual: neither far fewer nor far more than before."),
    (names.NULL_SPIKE, "No column is null more often than it was before."),
    (
        names.DUPLICATES,
        "No more rows than before repeat a key, or another row where none is known.",
    ),
    (
        names.CATEGORY_EXPLOSION,
        "No text column has far more distinct values than before.",
    ),
    (
        names.SCHEMA,
        "The landed file has the columns, with their types, of the last that was good.",
    ),
)

CATALOGUE: Final[tuple[Check, ...]] = (
    # --- a source table ------------------------------------------------------------------------
    _of_source(
        names.FRESHNESS,
        "landing",
        "What has landed keeps up with the tables that models read together with it.",
        Severity.ERROR,
        fact=CheckName.FRESHNESS,
    ),
    _refusing(
        names.READABLE,
        "raw",
        "The landed file can be read as what it is declared to be.",
        Severity.CRITICAL,
        blocking=True,
        fact=CheckName.CONTRACT,
    ),
    _refusing(
        names.CONTRACT,
        "validated",
        "The share of rows that break the contract is within its limit.",
        Severity.CRITICAL,
        blocking=True,
        fact=CheckName.CONTRACT,
    ),
    _of_source(
        names.REFUSED_ROWS,
        "validated",
        "No row breaks the contract. Only warns: `contract` says what is too many.",
        told_by=f"the check {names.CONTRACT}",
    ),
    _refusing(
        names.CONSERVATION,
        "validated",
        "Rows landed = rows validated + rows quarantined.",
        Severity.CRITICAL,
        blocking=True,
    ),
    *(
        _of_source(
            name,
            "validated",
            demand,
            Severity.ERROR,
            ends_by_partition=name != names.SCHEMA,
        )
        for name, demand in _DEMANDS
    ),
    _of_source(
        names.QUALITY,
        "validated",
        f"None of {', '.join(name for name, _ in _DEMANDS)} failed: else the last good rows stay.",
        blocking=True,
        told_by="the checks that it sums up",
        fact=CheckName.QUALITY,
    ),
    # --- a model's day -------------------------------------------------------------------------
    Check(
        names.JOINED,
        names.FEATURES,
        "Joins kept every event exactly once.",
        Severity.CRITICAL,
        blocking=True,
    ),
    Check(
        names.EVERY_EVENT_SCORED,
        names.PREDICTIONS,
        "As many scores as feature rows, all of them probabilities, or finite.",
        Severity.CRITICAL,
        blocking=True,
    ),
    Check(
        names.LOGGED_ONCE,
        names.INFERENCE_LOG,
        "Every prediction is in the log, and no key is there twice.",
        Severity.CRITICAL,
        blocking=True,
    ),
    Check(
        names.COLUMN_DRIFT,
        names.DRIFT,
        "The inputs of the trailing window look like the reference's.",
        Severity.INFO,
        fact=CheckName.DRIFT,
    ),
    Check(
        names.UNSEEN_VALUES,
        names.DRIFT,
        "The inputs hold few values that the reference never had.",
        fact=CheckName.UNSEEN,
    ),
    Check(
        names.SCORE_DRIFT,
        names.DRIFT,
        "The champion's scores look like those on its hold-out.",
        fact=CheckName.SCORE_DRIFT,
    ),
    Check(
        names.MULTIVARIATE_DRIFT,
        names.VERDICT,
        "The rows of the trailing window, all columns at once, cannot be told from the reference's "
        "better than its own stretches from one another.",
        Severity.INFO,
        fact=CheckName.MULTIVARIATE_DRIFT,
    ),
    Check(
        names.VERDICT,
        names.VERDICT,
        "Nothing is called for: inputs, scores, labels and performance, judged together by the "
        "rules that also decide about retraining.",
        told_by="the checks that it sums up, and the decision in the ledger",
    ),
    Check(
        names.ESTIMATED_LEVEL,
        names.ESTIMATED_PERFORMANCE,
        "Estimated metrics keep the limits of the realised ones.",
        Severity.INFO,
        fact=CheckName.ESTIMATED_PERFORMANCE,
    ),
    Check(
        names.EXPECTED_LABEL_RATE,
        names.ESTIMATED_PERFORMANCE,
        "Label 1 is to be expected, by calibrated scores, about as often as on the hold-out. "
        "Concept drift cannot be seen in it.",
        Severity.INFO,
        fact=CheckName.EXPECTED_LABEL_RATE,
    ),
    # --- when labels come ----------------------------------------------------------------------
    Check(
        names.LABEL_JOIN,
        names.LABELS,
        "Labels can be read, are for known events and do not contradict each other.",
    ),
    Check(
        names.PERFORMANCE_LEVEL,
        names.PERFORMANCE,
        "Realised metrics keep their floors and stay near the hold-out's.",
        Severity.ERROR,
        fact=CheckName.PERFORMANCE,
    ),
    Check(
        names.CONCEPT_DRIFT,
        names.PERFORMANCE,
        "Realised metrics are what was estimated before the labels came.",
        Severity.ERROR,
        fact=CheckName.CONCEPT_DRIFT,
    ),
    Check(
        names.LABEL_DRIFT,
        names.PERFORMANCE,
        "Labels are as on the hold-out: as often 1, or numbers where they were.",
        fact=CheckName.LABEL_DRIFT,
    ),
    # --- a retraining --------------------------------------------------------------------------
    Check(
        names.ENOUGH_ROWS,
        names.TRAINING_SET,
        "Enough rows to train on and to judge by.",
        Severity.ERROR,
        blocking=True,
    ),
    Check(
        names.THRESHOLD_HOLDS,
        names.EVALUATION,
        "The chosen threshold decides on the hold-out as well as was expected.",
    ),
    # --- the endpoint --------------------------------------------------------------------------
    Check(
        names.MOVED_ONCE,
        names.REQUEST_LOG,
        "Each row that was logged is in the inference log, and none twice.",
        Severity.CRITICAL,
    ),
    Check(
        names.LOG_LAG,
        names.REQUEST_LOG,
        "No answered request waits long for its place in the lake.",
    ),
    Check(
        names.LIVE_PARITY,
        names.REQUEST_LOG,
        "Rows that the endpoint answered in the last day, drawn at random, get the same scores in "
        "batch, bit for bit, by the version that answered each.",
        Severity.CRITICAL,
    ),
    Check(
        names.LATENCY_OBJECTIVE,
        names.SERVICE_REPORT,
        "Of the requests of the last day, 99% were answered as quickly as "
        "`serving.objectives.p99_ms` promises.",
        Severity.ERROR,
    ),
    Check(
        names.AVAILABILITY_OBJECTIVE,
        names.SERVICE_REPORT,
        "The share of probes answered in time, and rightly to the last bit, is what "
        "`serving.objectives.availability` promises over its window.",
        Severity.ERROR,
    ),
    Check(
        names.ERROR_BUDGET,
        names.SERVICE_REPORT,
        "The error budget is not being spent so fast that somebody must act: 14.4 times the even "
        "pace over an hour, 6 times over six, or once over three days. The probe looks at it on "
        "every tick.",
        Severity.CRITICAL,
    ),
)

CONDITION: Final = Check(
    "condition",
    names.EVALUATION,
    "A condition of the promotion gate.",
    blocking=True,
    told_by="the refusal in the ledger",
)
"""What holds for every condition of a declared gate, whose names the declaration makes."""

_BY_NAME = {check.name: check for check in CATALOGUE}


def named(check: str) -> Check:
    """The entry of a check, or what holds for conditions of a gate, which have names of their own.

    >>> named("score_drift").stage, named("floor_roc_auc") is CONDITION
    ('drift', True)
    """
    return _BY_NAME.get(check, CONDITION)


def of_stage(stage: str) -> Iterator[Check]:
    """The checks of one stage, without the conditions of the gate.

    >>> [check.name for check in of_stage("drift")]
    ['column_drift', 'unseen_values', 'score_drift']
    """
    return (check for check in CATALOGUE if check.stage == stage)
