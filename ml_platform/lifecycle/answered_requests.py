"""The requests that the endpoint answered with a prediction, from the inference log."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.log_record import SHADOW
from ml_platform.core.service_level.latency import Latencies
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.online_rows import OF_CLIENTS, OF_ONE_REQUEST, online_rows
from ml_platform.stores.lake import Lake

_COLUMNS = (*OF_ONE_REQUEST, "sampling_weight")


@dataclass(frozen=True)
class AnsweredRequests:
    """Requests of clients; what only shadows scored and what probes asked is left out.

    Attributes:
        requests: one line each: `logged_at` (UTC), `latency_ms`, `sampling_weight`, `rows`.
    """

    requests: pd.DataFrame

    def between(self, since: datetime, until: datetime) -> "AnsweredRequests":
        """Those of a stretch, its end left out."""
        came = self.requests["logged_at"]
        return AnsweredRequests(self.requests[(came >= since) & (came < until)])

    def latencies(self, objective_ms: float) -> Latencies | None:
        """Their latencies; None without any."""
        if self.requests.empty:
            return None
        values = self.requests["latency_ms"].to_numpy(np.float64)
        weights = self.requests["sampling_weight"].to_numpy(np.float64)
        return Latencies.of(values, weights, objective_ms)

    @property
    def hours(self) -> set[datetime]:
        """The starts of the hours, UTC, in which any came."""
        came = pd.to_datetime(self.requests["logged_at"], utc=True)
        return {hour.to_pydatetime() for hour in came.dt.floor("h").unique()}

    @property
    def rows(self) -> float:
        """Rows that were asked for, by sampling weight."""
        return float((self.requests["rows"] * self.requests["sampling_weight"]).sum())


def answered_requests(model: Model, lake: Lake, since: datetime) -> AnsweredRequests:
    """Read the requests that were received at a moment or later."""
    table = lake.table(model.table(names.INFERENCE_LOG))
    rows = pd.DataFrame(columns=list(_COLUMNS))
    if table.exists():
        answered = OF_CLIENTS & (pc.field("role") != SHADOW)
        rows = online_rows(table, _COLUMNS, since, answered).to_pandas()
    by_request = rows.groupby(list(OF_ONE_REQUEST), sort=False)["sampling_weight"]
    return AnsweredRequests(by_request.agg(sampling_weight="first", rows="size").reset_index())
