from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ml_platform.core.performance.earlier import restatements, with_earlier

THEN, NOW = datetime(2013, 1, 8, tzinfo=UTC), datetime(2013, 1, 9, tzinfo=UTC)


def row(value: float | None, **changes: Any) -> dict[str, Any]:
    """A row of the performance table."""
    named = {"partition": "2013-01-07", "window": "day", "metric": "brier", "model_version": 2}
    return named | {"value": value, "labels_as_of": NOW} | changes


def stored(value: float, **changes: Any) -> dict[str, Any]:
    return row(value, labels_as_of=THEN, earlier=None, earlier_as_of=None) | changes


def test_a_changed_value_shows_the_one_before_and_as_of_when_it_was() -> None:
    [found] = with_earlier([row(0.25)], [stored(0.2)])
    assert (found["value"], found["earlier"], found["earlier_as_of"]) == (0.25, 0.2, THEN)
    assert restatements([found]) == ["brier of the day .2 is now .25"]


def test_the_same_value_keeps_what_it_showed() -> None:
    [found] = with_earlier([row(0.2)], [stored(0.2, earlier=0.15, earlier_as_of=THEN)])
    assert (found["earlier"], found["earlier_as_of"]) == (0.15, THEN)
    [never] = with_earlier([row(0.2)], [stored(0.2)])
    assert (never["earlier"], restatements([never])) == (None, [])


def test_other_rows_are_no_earlier_value() -> None:
    others = [
        stored(0.1, model_version=1),
        stored(0.1, window="trailing"),
        stored(0.1, metric="f1"),
        stored(0.1, segment="origin", segment_value="JFK"),
        stored(0.1, partition="2013-01-06"),
    ]
    [found] = with_earlier([row(0.2)], others)
    assert (found["earlier"], found["earlier_as_of"]) == (None, None)


def test_what_was_not_known_is_no_earlier_value() -> None:
    nothing = float("nan")
    assert [r["earlier"] for r in with_earlier([row(0.2)], [stored(nothing)])] == [None]
    assert [r["earlier"] for r in with_earlier([row(None)], [stored(0.2)])] == [None]


def test_a_restated_segment_is_in_the_table_and_not_in_the_words() -> None:
    where = {"segment": "origin", "segment_value": "JFK"}
    [found] = with_earlier([row(0.25, **where)], [stored(0.2, **where)])
    assert found["earlier"] == 0.2
    assert restatements([found]) == []
