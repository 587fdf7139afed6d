"""Whether batch and endpoint gave the same rows the same scores, bit for bit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROWS_TO_REPLAY = 10_000
"""Least number of rows that a candidate's parity is told from."""


@dataclass(frozen=True)
class Parity:
    """What a replay found.

    Attributes:
        rows: compared.
        different: rows whose scores or decisions differ in any bit.
        example: the first of those, in words; None where there is none.
    """

    rows: int
    different: int
    example: str | None = None


def compare_scores(
    batch: NDArray[np.float64],
    online: NDArray[np.float64],
    decided: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> Parity:
    """Compare the scores of the same rows; the zeros 0.0 and -0.0 differ, equal NaNs do not.

    Args:
        batch: scores by batch scoring, shape [n].
        online: scores by the endpoint, shape [n].
        decided: decisions by batch and by the endpoint, where the model decides.

    Raises:
        ValueError: the two do not have the same number of rows.

    >>> compare_scores(np.array([0.1, 0.2]), np.array([0.1, np.nextafter(0.2, 1)]))
    Parity(rows=2, different=1, example='row 1: 0.2 in batch, 0.20000000000000004 online')
    """
    if len(batch) != len(online):
        raise ValueError(f"{len(batch)} rows in batch, {len(online)} online")
    differs = batch.view(np.int64) != online.view(np.int64)
    if decided is not None:
        differs |= decided[0] != decided[1]
    places = np.flatnonzero(differs).tolist()
    return Parity(
        len(batch), len(places), _told(places[0], batch, online, decided) if places else None
    )


def _told(
    row: int,
    batch: NDArray[np.float64],
    online: NDArray[np.float64],
    decided: tuple[NDArray[np.int64], NDArray[np.int64]] | None,
) -> str:
    if decided is not None and decided[0][row] != decided[1][row]:
        return f"row {row}: decided {decided[0][row]} in batch, {decided[1][row]} online"
    return f"row {row}: {float(batch[row])!r} in batch, {float(online[row])!r} online"
