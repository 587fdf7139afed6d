"""One answered request as it is logged: inputs, answer, and who gave it when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ml_platform.core.feature_digest import Cell

Cells = Mapping[str, Sequence[Cell]]

ONLINE: Final = "online"
"""Source of a row that the endpoint scored."""
OK: Final = "ok"
"""Status of a client's request that was answered."""
SHADOW: Final = "shadow"
"""Role of a version that scored what another one answered."""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """A request of one or more rows, column by column; all sequences have one entry per row.

    Attributes:
        request_id: the server's, a UUID version 7; row i has `row_id(request_id, i)`.
        client_request_id: the client's own, where it sent one.
        model: name of the model.
        version: of the model that answered.
        role: champion, challenger (a canary's answer) or shadow (scored, never answered).
        received_at: microseconds since the epoch, UTC.
        columns: inputs of the model by name; None is missing.
        extra: key columns and ``event_time`` where they were sent.
        scores: as answered.
        decisions: as answered; None where nothing is decided (regression).
        threshold: a score at or above it was decided 1; None where nothing is decided.
        latency_ms: from receipt until the record was handed to the log.
        status: ``ok``, or why the answer is none.
        sampling_weight: this request stands for so many, 1 / probability of being logged.
        code_version: version of this package.
    """

    request_id: str
    client_request_id: str | None
    model: str
    version: int
    role: str
    received_at: int
    columns: Cells
    extra: Cells
    scores: Sequence[float]
    decisions: Sequence[int] | None
    threshold: float | None
    latency_ms: float | None
    status: str
    sampling_weight: float
    code_version: str

    @property
    def rows(self) -> int:
        """Number of rows in the request."""
        return len(self.scores)

    def sent(self, name: str) -> Sequence[Cell]:
        """A column as it was sent, wherever it stands; None in each row where it was not."""
        found = self.columns.get(name)
        if found is None:
            found = self.extra.get(name)
        return [None] * self.rows if found is None else found
