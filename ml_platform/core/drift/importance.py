"""How much a model's decisions rest on each of its input columns, as shares that add up to 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

SIGNIFICANT_ERRORS = 2.0
"""An increase counts from this many standard errors on: less is noise of the permutation."""


@dataclass(frozen=True, slots=True)
class ColumnImportance:
    """What a model loses where one input column no longer belongs to its row.

    Attributes:
        column: The input column, as preprocessing takes it.
        loss_increase: Mean increase of the loss per row; below 0 by chance only.
        standard_error: Of that mean.
    """

    column: str
    loss_increase: float
    standard_error: float

    @property
    def counted(self) -> float:
        """The increase where it is more than chance, else 0.

        >>> [ColumnImportance("temp", gain, 0.01).counted for gain in (0.05, 0.01, -0.1)]
        [0.05, 0.0, 0.0]
        """
        beyond_chance = self.loss_increase > SIGNIFICANT_ERRORS * self.standard_error
        return self.loss_increase if beyond_chance else 0.0


def importance_shares(found: Iterable[ColumnImportance]) -> dict[str, float]:
    """Share of each column in the total importance, the greatest first.

    Bounds: each 0 to 1, all together 1; all 0 where no column matters beyond chance.

    Columns that carry the same information share the credit for it and each looks less important
    than it is: the model still has the other. Source: Breiman, "Random forests" (2001), section
    10; as a model-agnostic reliance: Fisher, Rudin and Dominici, "All models are wrong, but many
    are useful" (2019).

    >>> importance_shares([ColumnImportance("a", 0.01, 0.0), ColumnImportance("b", 0.03, 0.0)])
    {'b': 0.75, 'a': 0.25}
    """
    ranked = sorted(found, key=lambda each: (-each.counted, each.column))
    total = sum(each.counted for each in ranked)
    return {each.column: each.counted / total if total else 0.0 for each in ranked}


def to_json(found: Sequence[ColumnImportance]) -> list[dict[str, Any]]:
    """The importances as plain values, to be kept with the model version."""
    return [asdict(each) for each in found]


def from_json(kept: Sequence[Mapping[str, Any]]) -> list[ColumnImportance]:
    """Read importances back; the inverse of `to_json`."""
    return [ColumnImportance(**each) for each in kept]
