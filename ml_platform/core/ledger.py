"""One line of the ledger: what was decided or done, why, on what evidence, and what came of it."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeAlias

NOT_MOVED = "not_moved"
"""Verdict of an outcome: the promotion or rollback that it refers to was not carried out."""


class EntryKind(StrEnum):
    """What a line of the ledger records."""

    DECISION = "decision"
    REQUEST = "request"
    PROMOTION = "promotion"
    REFUSAL = "refusal"
    ROLLBACK = "rollback"
    OUTCOME = "outcome"
    ROLLOUT = "rollout"


class StoredEvidence(Mapping[str, Any]):
    """Evidence as the ledger keeps it, made values of when somebody looks into it.

    A decision's is the facts it was made from, tens of kilobytes; a tick reads hundreds of
    decisions for their dates and verdicts, and looks into the evidence of few of them.

    Args:
        text: a JSON object, or what reads it.
    """

    def __init__(self, text: str | Callable[[], str]) -> None:
        self._text = text

    @cached_property
    def _values(self) -> Mapping[str, Any]:
        text = self._text if isinstance(self._text, str) else self._text()
        values: Mapping[str, Any] = json.loads(text)
        return values

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self))


@dataclass(frozen=True)
class LedgerEntry:
    """One line of the append-only ledger.

    `decided_at` is wall-clock time in UTC; `as_of` the partition up to which data were seen.
    `refers_to` is the `entry_id` of the line that this one answers: a decision its request, an
    outcome its decision. `evidence` holds JSON values only. `cost_seconds` is run time.
    """

    entry_id: str
    model: str
    decided_at: datetime
    as_of: str
    kind: EntryKind
    verdict: str = ""
    cause: str = ""
    reason: str = ""
    held_back_by: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    run_id: str | None = None
    model_version: str | None = None
    by: str | None = None
    cost_seconds: float | None = None
    refers_to: str | None = None

    def __post_init__(self) -> None:
        """Refuse a time that does not say its zone: it would be read back as another moment."""
        if self.decided_at.tzinfo is None:
            raise ValueError(f"decided_at needs a time zone, given {self.decided_at.isoformat()}")

    def to_row(self) -> dict[str, Any]:
        """Return the entry as a table row: kind as text, evidence as JSON text.

        Numbers that JSON has no word for (NaN, infinity) become null.
        """
        row = asdict(self)
        evidence = json.dumps(_finite(row["evidence"]), sort_keys=True, allow_nan=False)
        return row | {
            "kind": self.kind.value,
            "evidence": evidence,
            "decided_at": self.decided_at.astimezone(UTC),
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "LedgerEntry":
        """Read an entry from a table row; the inverse of `to_row`. Other columns are ignored.

        Its evidence may be what reads it.
        """
        known = {column.name: row[column.name] for column in fields(cls)}
        kind, evidence = EntryKind(known["kind"]), StoredEvidence(known["evidence"])
        return cls(**known | {"kind": kind, "evidence": evidence})


Past: TypeAlias = Sequence[LedgerEntry]
"""The ledger of one model, as a decision sees it."""


def champion_moves(past: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """The promotions and rollbacks that stand, in the order given; those taken back left out."""
    past = list(past)
    taken_back = {entry.refers_to for entry in past if entry.verdict == NOT_MOVED}
    kinds = (EntryKind.PROMOTION, EntryKind.ROLLBACK)
    return [each for each in past if each.kind in kinds and each.entry_id not in taken_back]


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
