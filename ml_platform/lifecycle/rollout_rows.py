"""The answered requests of a rollout, read from the inference log and the labels."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.log_record import SHADOW
from ml_platform.core.rollout.running import Rollout
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.online_rows import OF_CLIENTS, OF_ONE_REQUEST, online_rows
from ml_platform.stores.lake import Lake, LakeTable

_COLUMNS = ("request_id", "score", *OF_ONE_REQUEST)


@dataclass(frozen=True)
class RolloutRows:
    """Rows that the endpoint scored since a rollout began.

    Attributes:
        rollout: which.
        rows: one per scored row: `request_id`, `model_version`, `role`, `score`, `latency_ms`,
            `writer`, `logged_at` (when it was received), the key columns, and `request`, equal in
            the rows of one request.
    """

    rollout: Rollout
    rows: pd.DataFrame

    @cached_property
    def shadow(self) -> pd.DataFrame:
        """What the challenger scored in the shadow."""
        return self._of(self.rollout.version, shadow=True)

    @cached_property
    def canary(self) -> pd.DataFrame:
        """What the challenger answered."""
        return self._of(self.rollout.version, shadow=False)

    @cached_property
    def champion(self) -> pd.DataFrame:
        """What the champion answered."""
        return self._of(self.rollout.champion, shadow=False)

    @cached_property
    def paired(self) -> pd.DataFrame:
        """Rows of the shadow with the champion's answer to them, `score_champion`."""
        answered = self.champion[["request_id", "score"]]
        return self.shadow.merge(answered, on="request_id", suffixes=("", "_champion"))

    def _of(self, version: int, shadow: bool) -> pd.DataFrame:
        own = self.rows["model_version"] == version
        return self.rows[own & ((self.rows["role"] == SHADOW) == shadow)]


def read_rows(model: Model, lake: Lake, rollout: Rollout) -> RolloutRows:
    """Read what the challenger and the champion scored online since the rollout began."""
    table = lake.table(model.table(names.INFERENCE_LOG))
    columns = [*_COLUMNS, *model.spec.key]
    found = _online(table, rollout, columns) if table.exists() else None
    rows = pd.DataFrame(columns=columns) if found is None else found.to_pandas()
    rows["request"] = rows.groupby(list(OF_ONE_REQUEST), dropna=False, sort=False).ngroup()
    return RolloutRows(rollout, rows)


def _online(table: LakeTable, rollout: Rollout, columns: list[str]) -> pa.Table:
    versions = pc.field("model_version").isin([rollout.version, rollout.champion])
    return online_rows(table, columns, rollout.started_at, OF_CLIENTS & versions)


def requests_since(rows: pd.DataFrame, moment: datetime) -> tuple[int, datetime | None]:
    """How many requests came at a moment or later, and when the newest did."""
    late = rows[pd.to_datetime(rows["logged_at"], utc=True) >= moment]
    if late.empty:
        return 0, None
    return int(late["request"].nunique()), late["logged_at"].max().to_pydatetime()


def with_labels(model: Model, lake: Lake, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose truth is known, with the first `label` that came and when.

    Rows whose key was not sent stay out, and so do those whose label was withdrawn.
    """
    key = list(model.spec.key)
    table = lake.table(model.table(names.LABELS))
    known = rows.dropna(subset=key)
    if known.empty or not table.exists():
        return rows.iloc[:0].assign(label=np.empty(0), labelled_at=pd.NaT)
    labels = table.read_arrow(columns=[*key, "label", "labelled_at"]).to_pandas()
    in_order = labels.sort_values("labelled_at", kind="stable")
    latest = in_order.drop_duplicates(key, keep="last")
    there = latest.loc[latest["label"].notna(), key]
    first = in_order.dropna(subset=["label"]).drop_duplicates(key)
    return known.merge(first.merge(there, on=key), on=key)
