"""Where a model stands before its first champion: rows seen, labelled, needed, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class RowsSoFar:
    """What there is of a model that has no champion yet.

    Attributes:
        primary: the table that is predicted for.
        labels: the table that holds the truth.
        landed: valid rows of the primary table.
        events: of these, rows with features.
        labelled: labels on record.
        needed: labelled rows to learn from, which the first training takes.
        holdout: how long a stretch of the newest is kept apart to judge by.
    """

    primary: str
    labels: str
    landed: int
    events: int
    labelled: int
    needed: int
    holdout: str

    @property
    def waits_for(self) -> str:
        """What comes next, in words.

        >>> RowsSoFar("orders", "returns", 0, 0, 0, 2000, "7 days").waits_for
        'files of orders: no valid row has been taken in yet'
        """
        if not self.landed:
            return f"files of {self.primary}: no valid row has been taken in yet"
        if not self.events:
            return f"features: none has been made of the {self.landed:,} rows of {self.primary}"
        if not self.labelled:
            return f"labels: {self.labels} has given none for the {self.events:,} events seen"
        if self.labelled < self.needed:
            return f"labels: {self.needed - self.labelled:,} more at least"
        return "the first training: labels enough, as far as they lie before the hold-out"

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return (
            f"{self.events:,} events seen, {self.labelled:,} labelled, {self.needed:,} needed "
            f"beside the hold-out of {self.holdout}; it waits for {self.waits_for}"
        )

    def row(self) -> Mapping[str, object]:
        """The same for programs."""
        return asdict(self) | {"waits_for": self.waits_for}
