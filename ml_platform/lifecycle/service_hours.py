"""The hours of an endpoint: the last day restated, as the log comes late; earlier ones kept."""

from datetime import datetime, timedelta

import pyarrow as pa

from ml_platform.core import names
from ml_platform.core.service_level.probe import Probe
from ml_platform.core.service_level.service_hour import HOUR, ServiceHour, hour_of, service_hour
from ml_platform.lifecycle.answered_requests import AnsweredRequests
from ml_platform.lifecycle.model import Model
from ml_platform.stores.lake import Commit, Lake

RESTATED = timedelta(days=1)

_TYPES = {
    "hour": pa.timestamp("us", tz="UTC"),
    **dict.fromkeys(("probes", "failed_probes", "logged"), pa.int64()),
    **dict.fromkeys(("requests", "refused", "failed", "rows"), pa.float64()),
    **dict.fromkeys(("p50_ms", "p95_ms", "p99_ms", "slow_share", "counted_p99_ms"), pa.float64()),
    **dict.fromkeys(("availability", "error_rate"), pa.float64()),
}
_SCHEMA = pa.schema(list(_TYPES.items()))


def service_hours(
    model: Model,
    lake: Lake,
    probes: list[Probe],
    requests: AnsweredRequests,
    now: datetime,
) -> list[ServiceHour]:
    """All hours that anything is known of, oldest first; the present one as far as it has come.

    Args:
        model: whose endpoint.
        lake: holds the hours that were reported before.
        probes: since an hour before the stretch that is restated, oldest first.
        requests: of that stretch.
        now: its end.
    """
    began = hour_of(now - RESTATED)
    hours = {each.hour: each for each in _reported(model, lake) if each.hour < began}
    for hour in {hour_of(probe.at) for probe in probes if probe.at >= began} | requests.hours:
        own = requests.between(hour, hour + HOUR)
        latencies = own.latencies(model.spec.serving.objectives.p99_ms)
        hours[hour] = service_hour(hour, probes, latencies, own.rows)
    return [hours[hour] for hour in sorted(hours)]


def write_hours(model: Model, lake: Lake, hours: list[ServiceHour]) -> Commit:
    """Replace the report by these hours."""
    rows = pa.Table.from_pylist([hour.to_row() for hour in hours], schema=_SCHEMA)
    return lake.table(model.table(names.SERVICE_REPORT)).replace_arrow(rows, None)


def _reported(model: Model, lake: Lake) -> list[ServiceHour]:
    table = lake.table(model.table(names.SERVICE_REPORT))
    if not table.exists():
        return []
    return [ServiceHour.from_row(row) for row in table.read_arrow().to_pylist()]
