"""What a declared model becomes, and what is said of a slip in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dagster import AssetKey, Definitions, SensorDefinition

from ml_platform.core import names
from ml_platform_tests.components.project import definitions_with, refusal_of

MODEL = "models/flight_delay"
PROMOTION = "promotion: {metric: brier, must_not_worsen: [roc_auc], confidence: 0.95"


@pytest.fixture(scope="module")
def defs() -> Iterator[Definitions]:
    """Of a model whose gate is declared otherwise."""
    gate = "promotion: {mode: better, metric: roc_auc, floors: {brier: 0.2}, confidence: 0.9"
    with definitions_with(MODEL, PROMOTION, gate) as made:
        yield made


def blocking(defs: Definitions, stage: str) -> dict[str, bool]:
    """Of each check of a stage, whether it blocks."""
    graph, path = defs.resolve_asset_graph(), ["flight_delay", stage]
    return {
        key.name: graph.get(key).blocking
        for key in graph.asset_check_keys
        if list(key.asset_key.path) == path
    }


def test_the_declared_gate_becomes_its_checks_and_all_of_them_block(defs: Definitions) -> None:
    assert blocking(defs, names.EVALUATION) == {
        "better_than_champion": True,
        "floor_brier": True,
        "better_than_base_rate": True,
        "better_than_rule": True,
        "segments": True,
        "sane_on_extremes": True,
        "parity": True,
        # What it promised was no condition of the gate, which compares with others.
        names.THRESHOLD_HOLDS: False,
    }


def test_what_loses_rows_blocks_and_what_only_moved_does_not(defs: Definitions) -> None:
    assert blocking(defs, names.FEATURES) == {names.JOINED: True}
    assert blocking(defs, names.PREDICTIONS) == {names.EVERY_EVENT_SCORED: True}
    assert blocking(defs, names.INFERENCE_LOG) == {names.LOGGED_ONCE: True}
    assert blocking(defs, names.TRAINING_SET) == {names.ENOUGH_ROWS: True}
    assert blocking(defs, names.LABELS) == {names.LABEL_JOIN: False}
    for stage in (names.DRIFT, names.ESTIMATED_PERFORMANCE, names.PERFORMANCE, names.VERDICT):
        assert set(blocking(defs, stage).values()) == {False}


def test_moving_answered_requests_does_not_score_them_again(defs: Definitions) -> None:
    graph = defs.resolve_asset_graph()
    [sensor] = [s for s in defs.sensors or () if s.name == "flight_delay_request_log"]
    assert isinstance(sensor, SensorDefinition)
    moved = AssetKey(["flight_delay", names.REQUEST_LOG])
    assert sensor.asset_selection is not None
    assert sensor.asset_selection.resolve(graph) == {moved}
    checks = sensor.asset_selection.resolve_checks(graph)
    assert {check.name for check in checks} == {names.MOVED_ONCE, names.LOG_LAG}
    assert names.LIVE_PARITY in blocking(defs, names.REQUEST_LOG)


def test_days_flow_by_partition_and_a_retraining_does_not(defs: Definitions) -> None:
    specs = {spec.key: spec for spec in defs.resolve_all_asset_specs()}
    days = specs[AssetKey(list(names.raw("flights")))].partitions_def
    for stage in (*names.DAILY, *names.ON_LABELS):
        assert specs[AssetKey(["flight_delay", stage])].partitions_def == days, stage
    for stage in names.RETRAINING:
        assert specs[AssetKey(["flight_delay", stage])].partitions_def is None, stage


def test_the_retraining_sensor_asks_for_a_retraining_and_nothing_else(defs: Definitions) -> None:
    [sensor] = [s for s in defs.sensors or () if s.name == "flight_delay_retraining"]
    assert sensor.asset_selection is not None
    asked = sensor.asset_selection.resolve(defs.resolve_asset_graph())
    assert asked == {AssetKey(["flight_delay", stage]) for stage in names.RETRAINING}


@pytest.mark.parametrize(
    ("old", "new", "file", "told"),
    [
        (
            "metric: brier", "metric: bryer", "defs.yaml",
            ("promotion.metric", '"bryer"', "Valid choices: accuracy, precision, recall"),
        ),
        (
            "lookups: [weather]", "lookups: [wether]", "defs.yaml",
            (f"{MODEL}/defs.yaml, sources.lookups", '"wether"', "are flights, outcomes, weather"),
        ),
        (
            "on: [drift, degradation]", "on: [drift, decay]", "defs.yaml",
            ("retraining.on", '"decay"', "Valid choices: drift, degradation, new_data"),
        ),
        (
            "def features(", "def feature(", "features.py",
            (f"{MODEL}/features.py: features.py must have features",),
        ),
        (
            "import numpy", "import nunpy  # ", "preprocess.py",
            (f"{MODEL}/preprocess.py:9: preprocess.py cannot be imported", "nunpy"),
        ),
        (
            "MINUTES_A_DAY = 1440", "MINUTES_A_DAY = DAY * 1440", "preprocess.py",
            (f"{MODEL}/preprocess.py:70: preprocess.py cannot be imported", "NameError", "'DAY'"),
        ),
        (
            "def encode(", "def encode((", "preprocess.py",
            (f"{MODEL}/preprocess.py:92: preprocess.py cannot be imported: SyntaxError",),
        ),
        (
            "INPUTS: dict[str, str] = {", "COLUMNS: dict[str, str] = {", "preprocess.py",
            (f"{MODEL}/preprocess.py", "NameError: name 'INPUTS' is not defined"),
        ),
        (
            '"distance": "int"', '"distance miles": "float"', "preprocess.py",
            (
                f"{MODEL}/preprocess.py, INPUTS: given \"distance miles\"", "distance_miles",
                'given "float", write "double"',
            ),
        ),
        (
            '"minute_of_day_sin"', '"sin[minute]"', "preprocess.py",
            (f"{MODEL}/preprocess.py, FEATURES", 'given "sin[minute]"', "XGBoost refuses"),
        ),
        (
            "import numpy as np", "import numpy as np\nimport pandas as pd", "preprocess.py",
            (f"{MODEL}/preprocess.py:10: it imports pandas, and the endpoint",),
        ),
        (
            "key: [flight_date, carrier", "key: [tailnum, carrier", "defs.yaml",
            (f"{MODEL}/defs.yaml, key: column of outcomes", '"tailnum"', "flight_date, carrier"),
        ),
        (
            'column: late, expression: "arr_delay > 15"', "column: arr_dely", "defs.yaml",
            (f"{MODEL}/defs.yaml, label.column", 'did you mean "arr_delay"?'),
        ),
        (
            "segments: [origin, carrier]", "segments: [origin, tailnum]", "defs.yaml",
            (f"{MODEL}/defs.yaml, monitoring.segments", '"tailnum"', "a column of the key or of"),
        ),
        (
            "alerts: [ops]", "alerts: [opps]", "defs.yaml",
            (f"{MODEL}/defs.yaml, alerts", 'channel: given "opps", did you mean "ops"?'),
        ),
        (
            '_from("flights", "flight_date"),', '_from("flights", "flight_dat"),', "features.py",
            (f"{MODEL}/features.py, LINEAGE", 'did you mean "flight_date"?'),
        ),
    ],
    ids=[
        "a metric nobody knows", "a lookup nobody declared", "a cause nobody knows",
        "a function under another name", "a module with a typo", "a name that is not defined",
        "a bracket too many", "no INPUTS", "an input of another name and type",
        "a feature that XGBoost refuses", "a library the endpoint does without",
        "a key that the labels lack", "a label that is not there",
        "a segment that is no input", "a channel nobody declared", "lineage of no column",
    ],
)  # fmt: skip
def test_a_slip_is_told_with_file_key_and_what_would_do(
    old: str, new: str, file: str, told: tuple[str, ...]
) -> None:
    said = refusal_of(MODEL, old, new, file)
    for words in told:
        assert words in said


def with_rollout(rollout: str) -> tuple[str, str]:
    """The beginning of the declared endpoint, and what to write in its place."""
    return "serving: {", f"serving: {{rollout: {rollout}, "


def test_a_declared_rollout_has_a_sensor_and_none_without_it(defs: Definitions) -> None:
    def names_of(of: Definitions) -> set[str]:
        return {sensor.name for sensor in of.sensors or ()}

    assert "flight_delay_rollout" not in names_of(defs)
    with definitions_with(MODEL, *with_rollout("{key: [carrier, flight]}")) as rolled_out:
        assert names_of(rolled_out) - names_of(defs) == {"flight_delay_rollout"}


def test_a_rollout_that_nothing_can_stop_is_refused_at_load() -> None:
    said = refusal_of(MODEL, *with_rollout("{max_error_rate: null, max_slow_share: null}"))
    assert "no alarm signal is configured; declare one of max_error_rate, max_slow_share" in said


def test_requests_are_told_apart_by_columns_that_they_have() -> None:
    said = refusal_of(MODEL, *with_rollout("{key: [carier]}"))
    assert 'serving.rollout.key: given "carier", did you mean "carrier"?' in said


@pytest.mark.parametrize(
    ("table", "key", "partitions"),
    [
        ("outcomes", "labels", "{every: week, start: 2013-01-01, end: 2014-01-01}"),
        ("weather", "lookups", "{every: day, start: 2013-01-01, timezone: America/New_York}"),
        ("weather", "lookups", "{every: day, start: 2013-01-01, offset: 6 hours}"),
    ],
)
def test_tables_that_are_cut_otherwise_are_refused_in_words(
    table: str, key: str, partitions: str
) -> None:
    said = refusal_of(
        f"sources/{table}",
        "partitions: {every: day, start: 2013-01-01, end: 2014-01-01}",
        f"partitions: {partitions}",
    )

    assert f"sources.{key}" in said
    assert f'"{table}" has partitions by ' in said
    assert 'its primary "flights" by day (UTC)' in said


def test_tables_may_begin_on_different_days() -> None:
    begins = ("start: 2013-01-01, end: 2014-01-01", "start: 2013-02-01")
    with definitions_with("sources/weather", *begins):
        pass


def test_a_hold_out_of_hours_is_told_in_hours() -> None:
    with definitions_with(MODEL, "holdout: 7 days", "holdout: 12 hours") as made:
        [told] = [
            each.description or ""
            for each in made.resolve_all_asset_specs()
            if each.key.path == ["flight_delay", names.TRAINING_SET]
        ]
    assert "the most recent 12 hours are the hold-out" in told
