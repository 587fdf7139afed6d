"""What is measured of the endpoint: each metric's name, kind, labels and meaning, spelled once.

Names and units follow https://prometheus.io/docs/practices/naming/: base units, plural counters.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

STAGES: Final = ("parse", "features", "predict", "log", "total")
"""What the time of a request is spent on; `total` is all of it."""

BOUNDS: Final = (
    *(50e-6, 100e-6, 250e-6, 500e-6),
    *(1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 500e-3),
    *(1.0, 2.5, 5.0, 10.0),
)
"""Upper bounds of a histogram's buckets in seconds, the last and open one left out."""


class Kind(StrEnum):
    """How the values of several workers become one."""

    COUNTER = "counter"
    HISTOGRAM = "histogram"
    SUM = "sum of the living workers"
    MAXIMUM = "maximum of the living workers"
    MINIMUM = "minimum of the living workers"


@dataclass(frozen=True)
class Family:
    """One metric with its labels.

    Attributes:
        name: as Prometheus knows it, without the suffix `_total` of a counter.
        kind: how it is kept and added up.
        labels: the labels' names, in the order in which values are given.
        meaning: the line of help.
    """

    name: str
    kind: Kind
    labels: tuple[str, ...]
    meaning: str

    @property
    def slots(self) -> int:
        """Numbers kept for each series: of a histogram one per bucket and the sum."""
        return len(BOUNDS) + 2 if self.kind is Kind.HISTOGRAM else 1

    @property
    def lasts(self) -> bool:
        """Whether what a worker counted still counts when it is gone."""
        return self.kind in (Kind.COUNTER, Kind.HISTOGRAM)


_SERVED = ("model", "version", "role")
REQUESTS: Final = Family(
    "ml_platform_requests",
    Kind.COUNTER,
    (*_SERVED, "status"),
    "Requests answered, by class of HTTP status.",
)
ROWS: Final = Family(
    "ml_platform_rows", Kind.COUNTER, _SERVED, "Rows in the requests that were answered."
)
REQUEST_SECONDS: Final = Family(
    "ml_platform_request_seconds",
    Kind.HISTOGRAM,
    _SERVED,
    "Time from the request's arrival to its answer, of requests that got a prediction.",
)
STAGE_SECONDS: Final = Family(
    "ml_platform_stage_seconds",
    Kind.HISTOGRAM,
    ("model", "stage"),
    f"Time spent per request on {', '.join(STAGES)}.",
)
ERRORS: Final = Family(
    "ml_platform_errors", Kind.COUNTER, ("model", "kind"), "Requests refused or failed, by kind."
)
SHADOW_DROPPED: Final = Family(
    "ml_platform_shadow_dropped",
    Kind.COUNTER,
    ("model",),
    "Requests that a shadow version did not score, for lack of time.",
)
PROBES: Final = Family(
    "ml_platform_probes",
    Kind.COUNTER,
    ("model", "status"),
    "Requests of the probe answered; they are not among the requests.",
)
IN_FLIGHT: Final = Family(
    "ml_platform_in_flight", Kind.SUM, (), "Requests being answered at the moment."
)
LOG_QUEUE: Final = Family("ml_platform_log_queue", Kind.SUM, (), "Records that wait to be on disk.")
LOG_LAG: Final = Family(
    "ml_platform_log_lag_seconds",
    Kind.MAXIMUM,
    (),
    "Age of the oldest record that waits to be on disk.",
)
LOADED: Final = Family(
    "ml_platform_model_loaded_timestamp_seconds",
    Kind.MAXIMUM,
    (*_SERVED, "digest"),
    "When a worker loaded this version last, since the epoch.",
)
GENERATION: Final = Family(
    "ml_platform_model_generation",
    Kind.MINIMUM,
    ("model",),
    "Which change of the live versions every worker has taken up; each change counts one on.",
)
ROLLOUT_REFUSED: Final = Family(
    "ml_platform_rollout_refused",
    Kind.SUM,
    ("model",),
    "Workers in which the version on its way up takes no part: it cannot be loaded, or it needs "
    "inputs that the champion's requests do not have.",
)

FAMILIES: Final = (
    *(REQUESTS, ROWS, REQUEST_SECONDS, STAGE_SECONDS, ERRORS, SHADOW_DROPPED, PROBES),
    *(IN_FLIGHT, LOG_QUEUE, LOG_LAG, LOADED, GENERATION, ROLLOUT_REFUSED),
)
"""Everything that a worker writes."""
BY_NAME: Final = {family.name: family for family in FAMILIES}
