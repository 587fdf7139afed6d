"""One hour of an endpoint: what probes, counters and the log say of it together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

from ml_platform.core.service_level.counters import Counters
from ml_platform.core.service_level.latency import QUICK, Latencies
from ml_platform.core.service_level.percentiles import histogram_percentile
from ml_platform.core.service_level.probe import Probe, counted

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class ServiceHour:
    """An hour of wall time.

    Attributes:
        hour: its start, UTC.
        probes: looks at the endpoint from outside.
        failed_probes: those that were not answered rightly and in time.
        requests: answered by the endpoint's own count, refusals included.
        refused: of these, through a fault of the sender (4xx).
        failed: of these, through no fault of the sender (5xx).
        logged: requests in the inference log that got a prediction.
        rows: that they asked for.
        p50_ms: of the logged requests, until their record was handed to the log; None without any,
            as all that follow.
        p95_ms: 95% were as quick.
        p99_ms: 99% were as quick.
        slow_share: share slower than the objective.
        counted_p99_ms: p99 by the endpoint's own histogram, to the width of its buckets; the time
            of the log is in it.
    """

    hour: datetime
    probes: int = 0
    failed_probes: int = 0
    requests: float = 0.0
    refused: float = 0.0
    failed: float = 0.0
    logged: int = 0
    rows: float = 0.0
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    slow_share: float | None = None
    counted_p99_ms: float | None = None

    @property
    def availability(self) -> float | None:
        """Share of the probes that were answered rightly; None without any."""
        return 1 - self.failed_probes / self.probes if self.probes else None

    @property
    def error_rate(self) -> float | None:
        """Share of the requests that failed through no fault of their sender."""
        return self.failed / self.requests if self.requests else None

    def to_row(self) -> dict[str, Any]:
        """The hour as a row of plain values."""
        return asdict(self) | {"availability": self.availability, "error_rate": self.error_rate}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> ServiceHour:
        """Read back what `to_row` made."""
        return cls(**{field.name: row[field.name] for field in fields(cls)})


def service_hour(
    hour: datetime, probes: Sequence[Probe], latencies: Latencies | None, rows: float
) -> ServiceHour:
    """Sum up an hour.

    Args:
        hour: its start.
        probes: oldest first; the one before the hour among them, where there is one.
        latencies: of the requests that were logged in it; None without any.
        rows: that these asked for.
    """
    own = [probe for probe in probes if hour <= probe.at < hour + HOUR]
    answered = counted(probes, hour, hour + HOUR)
    return ServiceHour(
        hour=hour,
        probes=len(own),
        failed_probes=sum(not probe.ok for probe in own),
        requests=answered.requests,
        refused=answered.answered.get("4xx", 0.0),
        failed=answered.failed,
        logged=latencies.logged if latencies else 0,
        rows=rows,
        p50_ms=latencies.p50 if latencies else None,
        p95_ms=latencies.p95 if latencies else None,
        p99_ms=latencies.p99 if latencies else None,
        slow_share=latencies.slow if latencies else None,
        counted_p99_ms=counted_p99_ms(answered),
    )


def counted_p99_ms(answered: Counters) -> float | None:
    """p99 of predictions by the endpoint's own histogram; None where it counted none."""
    p99 = 1000 * histogram_percentile(answered.at_most, QUICK)
    return p99 if p99 == p99 else None


def hour_of(moment: datetime) -> datetime:
    """The start of the hour that a moment lies in."""
    return moment.replace(minute=0, second=0, microsecond=0)
