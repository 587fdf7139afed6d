"""What is said of a model that has no champion yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ml_platform.core.first_champion import RowsSoFar

NONE = RowsSoFar("orders", "returns", 0, 0, 0, 2000, "7 days")


@pytest.mark.parametrize(
    ("landed", "events", "labelled", "waits_for"),
    [
        (0, 0, 0, "files of orders: no valid row has been taken in yet"),
        (1500, 0, 0, "features: none has been made of the 1,500 rows of orders"),
        (1500, 1500, 0, "labels: returns has given none for the 1,500 events seen"),
        (1500, 1500, 1200, "labels: 800 more at least"),
        (2500, 2500, 2100, "the first training: labels enough"),
    ],
)
def test_the_next_thing_that_is_missing_is_named(
    landed: int, events: int, labelled: int, waits_for: str
) -> None:
    rows = replace(NONE, landed=landed, events=events, labelled=labelled)
    assert rows.waits_for.startswith(waits_for)
    assert rows.sentence.startswith(
        f"{events:,} events seen, {labelled:,} labelled, 2,000 needed beside the hold-out of 7 days"
    )
    assert rows.row()["waits_for"] == rows.waits_for
