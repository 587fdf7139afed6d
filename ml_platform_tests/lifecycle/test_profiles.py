"""What is shown of a day's profiles."""

from __future__ import annotations

from typing import Any

from dagster import AssetKey

from ml_platform.core import names
from ml_platform.core.score_profile import SCORE
from ml_platform_tests.end_to_end.loop import Loop
from ml_platform_tests.end_to_end.trained import DAY


def test_the_asset_shows_how_each_column_of_the_day_is_filled(trained: Loop) -> None:
    key = AssetKey(list(trained.model.path(names.PROFILES)))
    event = trained.instance.get_latest_materialization_event(key)
    assert event is not None
    assert event.asset_materialization is not None
    shown: Any = event.asset_materialization.metadata["columns"]
    lines = {record.data["column"]: record.data for record in shown.records}
    rows = trained.rows(trained.model.table(names.PREDICTIONS), DAY)
    assert set(lines) == {*trained.model.inputs, SCORE}
    assert {line["rows"] for line in lines.values()} == {len(rows)}
    for column in ("origin", "carrier"):
        assert lines[column]["distinct"] == len({row["features"][column] for row in rows})
    scores = [row["score"] for row in rows]
    assert abs(lines[SCORE]["distinct"] - len(set(scores))) <= 0.1 * len(set(scores))
    assert (lines[SCORE]["minimum"], lines[SCORE]["maximum"]) == (
        round(min(scores), 4),
        round(max(scores), 4),
    )
