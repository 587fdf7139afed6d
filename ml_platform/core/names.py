"""Every asset key, table name, check name and run tag, spelled once.

Stages meet only through these names: a stage never imports another stage.
A table's name in the lake is its asset key joined with ``/``.
"""

from __future__ import annotations

from typing import Final

AssetPath = tuple[str, ...]

# --- sources -----------------------------------------------------------------------------------


def landing(table: str) -> AssetPath:
    """The landing files of a source table, as the outside world writes them."""
    return (table, "landing")


def raw(table: str) -> AssetPath:
    """A source table as landed, with provenance."""
    return (table, "raw")


def validated(table: str) -> AssetPath:
    """The rows of a source table that keep its contract, typed."""
    return (table, "validated")


def quarantine(table: str) -> AssetPath:
    """The rows of a source table that break its contract, with reasons."""
    return (table, "quarantine")


def quality(table: str) -> AssetPath:
    """What was measured of each partition of a source table: a table of the lake, no asset."""
    return (table, "quality")


# --- models ------------------------------------------------------------------------------------

FEATURES: Final = "features"
TRAINING_SET: Final = "training_set"
CANDIDATE: Final = "candidate"
EVALUATION: Final = "evaluation"
CHAMPION: Final = "champion"
PREDICTIONS: Final = "predictions"
INFERENCE_LOG: Final = "inference_log"
LABELS: Final = "labels"
PERFORMANCE: Final = "performance"
PROFILES: Final = "profiles"
DRIFT: Final = "drift"
REFERENCE: Final = "reference"
REFERENCE_SAMPLE: Final = "reference_sample"
EDGES: Final = "edges"
THRESHOLDS: Final = "thresholds"
ESTIMATED_PERFORMANCE: Final = "estimated_performance"
PERFORMANCE_ESTIMATORS: Final = "performance_estimators"
VERDICT: Final = "verdict"
PROBES: Final = "probes"
SERVICE_REPORT: Final = "service_report"
REQUEST_LOG: Final = "request_log"

DAILY: Final = (
    FEATURES,
    PREDICTIONS,
    INFERENCE_LOG,
    PROFILES,
    DRIFT,
    ESTIMATED_PERFORMANCE,
    VERDICT,
)
"""Stages that follow the inputs of a partition."""
ON_LABELS: Final = (LABELS, PERFORMANCE, VERDICT)
"""Stages that follow the labels of a partition; its verdict is restated with them."""
RETRAINING: Final = (TRAINING_SET, CANDIDATE, REFERENCE, EVALUATION, CHAMPION)
"""Stages of one retraining, unpartitioned."""
UNPARTITIONED: Final = (*RETRAINING, SERVICE_REPORT, REQUEST_LOG)
"""Stages that are not of a partition of the data."""


def of_model(model: str, stage: str) -> AssetPath:
    """The asset of one stage of a model."""
    return (model, stage)


def table_of(path: AssetPath) -> str:
    """The lake table behind an asset.

    >>> table_of(raw("flights"))
    'flights/raw'
    """
    return "/".join(path)


LEDGER: Final = "ledger"
PARTITION: Final = "partition"
"""The partition column of every partitioned lake table, a string."""

# --- asset checks ------------------------------------------------------------------------------

READABLE: Final = "readable"
CONTRACT: Final = "contract"
REFUSED_ROWS: Final = "refused_rows"
CONSERVATION: Final = "conservation"
VOLUME: Final = "volume"
NULL_SPIKE: Final = "null_spike"
DUPLICATES: Final = "duplicates"
CATEGORY_EXPLOSION: Final = "category_explosion"
SCHEMA: Final = "schema"
QUALITY: Final = "quality"
FRESHNESS: Final = "freshness"
JOINED: Final = "joined"
COLUMN_DRIFT: Final = "column_drift"
SCORE_DRIFT: Final = "score_drift"
UNSEEN_VALUES: Final = "unseen_values"
MULTIVARIATE_DRIFT: Final = "multivariate_drift"
LABEL_DRIFT: Final = "label_drift"
CONCEPT_DRIFT: Final = "concept_drift"
ESTIMATED_LEVEL: Final = "estimated_level"
EXPECTED_LABEL_RATE: Final = "expected_label_rate"
EVERY_EVENT_SCORED: Final = "every_event_scored"
LOGGED_ONCE: Final = "logged_once"
MOVED_ONCE: Final = "moved_once"
LOG_LAG: Final = "log_lag"
LIVE_PARITY: Final = "live_parity"
LABEL_JOIN: Final = "label_join"
PERFORMANCE_LEVEL: Final = "performance_level"
ENOUGH_ROWS: Final = "enough_rows"
THRESHOLD_HOLDS: Final = "threshold_holds"
LATENCY_OBJECTIVE: Final = "latency_objective"
AVAILABILITY_OBJECTIVE: Final = "availability_objective"
ERROR_BUDGET: Final = "error_budget"

# --- run tags ----------------------------------------------------------------------------------

TAG_TRIGGER: Final = "ml_platform/trigger"
"""What asked for the run: landing, retraining, automation."""
TAG_TABLES: Final = "ml_platform/tables"
TAG_ATTEMPT: Final = "ml_platform/attempt"
"""Of a landing run that is repeated: which attempt it is, as in "2 of 3"."""
TAG_RETRAINING_OF: Final = "ml_platform/retraining_of"
TAG_ENDED_BY_SHUTDOWN: Final = "ml_platform/ended_by_shutdown"
"""The id of the run that was at work when the platform was stopped: a retry takes over the tags of
the run before it, and is another run."""
TAG_CAUSE: Final = "ml_platform/cause"
TAG_DECISION: Final = "ml_platform/decision"
TAG_AS_OF: Final = "ml_platform/as_of"
TAG_MOVES: Final = "ml_platform/moves"
"""The model whose request log a run moves."""
TAG_PARAMS: Final = "ml_platform/params"
"""Estimator parameters, as JSON, that a person asked for in a retraining."""
