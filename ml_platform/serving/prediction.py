"""What is asked of the endpoint and what it answers, whatever protocol carried it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class PredictionRequest:
    """Rows to be scored, checked against the model's contract already.

    Attributes:
        columns: input column -> one value per row, every input column of the model present; a
            missing value is None.
        extra: key columns and `event_time`, where they were sent: logged, never scored.
        rows: how many.
        client_request_id: the caller's own name for the request, or None.
        probe: asked by the platform itself: the champion answers, and no client is counted.
    """

    columns: Mapping[str, Sequence[Any]]
    rows: int
    extra: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    client_request_id: str | None = None
    probe: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer to one request, all of it by one version.

    Attributes:
        request_id: UUID version 7; row i has the identifier `row_id(request_id, i)`.
        model: name of the model.
        version: number of the version that answered.
        role: champion, or challenger where a canary answered.
        scores: one per row.
        decisions: 1 where a score reaches the threshold, else 0; None where nothing is decided.
        threshold: what the version decides by, or None.
        rows: how many.
        latency_ms: from the request's arrival to the answer's being logged.
    """

    request_id: str
    model: str
    version: int
    role: str
    scores: list[float]
    decisions: list[int] | None
    threshold: float | None
    rows: int
    latency_ms: float
