"""Each event counts once, as it was answered first; what a shadow scored is no answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ml_platform.spark.answered_rows import answered_rows

EIGHT, NINE, NOON = (datetime(2013, 1, 2, hour, tzinfo=UTC) for hour in (8, 9, 12))
SCHEMA = """carrier string, flight int, score double, role string, status string, source string,
  logged_at timestamp, writer string, seq long, sampling_weight double"""


def row(
    flight: int | None,
    score: float,
    at: datetime,
    source: str = "online",
    role: str = "champion",
    weight: float = 1.0,
    status: str = "ok",
) -> tuple[Any, ...]:
    carrier = "AA"
    return (carrier, flight, score, role, status, source, at, f"w-{source}", flight, weight)


def answered(spark: Any, *rows: tuple[Any, ...]) -> dict[int, tuple[float, float]]:
    """Score and weight by flight."""
    log = spark.createDataFrame(list(rows), SCHEMA)
    frame = answered_rows(log, ["carrier", "flight"])
    assert frame.columns == [*log.columns, "weight"]
    found = frame.collect()
    assert len({each.flight for each in found}) == len(found)
    return {each.flight: (each.score, each.weight) for each in found}


def test_the_first_answer_counts_whoever_gave_it(spark: Any) -> None:
    found = answered(
        spark,
        row(1, 0.1, NINE),
        row(1, 0.2, EIGHT, role="challenger"),
        row(1, 0.3, NOON, source="batch"),
        row(2, 0.4, NOON, source="batch"),
        row(3, 0.5, NINE),
        row(3, 0.6, NOON),
    )

    assert found == {1: (0.2, 1.0), 2: (0.4, 1.0), 3: (0.5, 1.0)}


def test_what_only_a_shadow_scored_or_what_failed_is_no_answer(spark: Any) -> None:
    found = answered(
        spark,
        row(1, 0.1, EIGHT, role="shadow"),
        row(1, 0.2, NINE),
        row(2, 0.3, EIGHT, role="shadow"),
        row(3, 0.4, EIGHT, status="failed"),
    )

    assert found == {1: (0.2, 1.0)}


def test_a_sampled_answer_weighs_for_those_not_logged_unless_batch_counts_the_event(
    spark: Any,
) -> None:
    found = answered(
        spark,
        row(1, 0.1, EIGHT, weight=10.0),
        row(2, 0.2, EIGHT, weight=10.0),
        row(2, 0.3, NOON, source="batch"),
    )

    assert found == {1: (0.1, 10.0), 2: (0.2, 1.0)}


def test_rows_without_a_whole_key_are_no_event(spark: Any) -> None:
    assert answered(spark, row(None, 0.1, EIGHT), row(1, 0.2, NINE)) == {1: (0.2, 1.0)}
