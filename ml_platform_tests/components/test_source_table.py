"""What a declared table becomes, and what is said of a slip in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dagster import AssetKey, DailyPartitionsDefinition, Definitions

from ml_platform.core import names
from ml_platform.core.quality_over_time.measure import MEASURES
from ml_platform_tests.components.project import definitions_with, refusal_of

FLIGHTS = "sources/flights"
LAYERS = (names.landing, names.raw, names.validated, names.quarantine)


@pytest.fixture(scope="module")
def defs() -> Iterator[Definitions]:
    """Of a table that lands in Parquet files and is tagged."""
    old = 'landing: {format: csv, path: "flights/{partition}.csv", settle_seconds: 0}'
    new = 'landing: {format: parquet, path: "flights/{partition}.parquet"}\n  tags: {cost: shared}'
    with definitions_with(FLIGHTS, old, new) as made:
        yield made


def test_a_table_becomes_four_assets_on_the_declared_days(defs: Definitions) -> None:
    specs = {spec.key: spec for spec in defs.resolve_all_asset_specs()}
    for layer in LAYERS:
        spec = specs[AssetKey(list(layer("flights")))]
        assert isinstance(spec.partitions_def, DailyPartitionsDefinition)
        keys = spec.partitions_def.get_partition_keys()
        assert (keys[0], keys[-1], len(keys)) == ("2013-01-01", "2013-12-31", 365)
        assert (spec.group_name, list(spec.owners)) == ("flights", ["team:flight-operations"])
        assert spec.tags["cost"] == "shared"
    assert "parquet" in specs[AssetKey(list(names.landing("flights")))].kinds


def test_what_would_break_a_model_blocks_and_odd_measures_do_by_one_gate(defs: Definitions) -> None:
    graph = defs.resolve_asset_graph()
    of_table = {names.raw("flights"), names.validated("flights")}
    checks = {
        key.name: graph.get(key)
        for key in graph.asset_check_keys
        if tuple(key.asset_key.path) in of_table
    }
    blocking = {name for name, check in checks.items() if check.blocking}
    assert blocking == {names.READABLE, names.CONTRACT, names.CONSERVATION, names.QUALITY}
    assert {m.name for m in MEASURES} | {names.SCHEMA} <= set(checks)
    assert all(check.partitions_def is not None for check in checks.values())


def test_a_table_has_no_sensor_of_its_own(defs: Definitions) -> None:
    assert not [sensor.name for sensor in defs.sensors or () if "flights" in sensor.name]


@pytest.mark.parametrize(
    ("old", "new", "file", "told"),
    [
        (
            "every: day", "every: fortnight", "defs.yaml",
            ("partitions.every", '"fortnight"', "Valid choices: hour, day, week, month"),
        ),
        (
            "contract.Flights", "contracts.Flights", "defs.yaml",
            (f"{FLIGHTS}/defs.yaml, contract", '"contracts"', "no contracts.py beside defs.yaml"),
        ),
        (
            "[tailnum]", "[tailnumb]", "defs.yaml",
            ("flights: quality.nulls_expected", '"tailnumb"', 'did you mean "tailnum"?'),
        ),
        (
            "import pandera", "import panderra  # ", "contract.py",
            (f"{FLIGHTS}/contract.py:3: contract.py cannot be imported", "panderra"),
        ),
        (
            "    distance: T.IntegerType", "    Origin: T.IntegerType", "contract.py",
            (f"{FLIGHTS}/defs.yaml, contract", '"origin" and "Origin" differ in capital letters'),
        ),
        (
            "    distance: T.IntegerType", "    partition: T.IntegerType", "contract.py",
            ('column "partition": the platform adds a column of that name',),
        ),
    ],
    ids=[
        "a word out of the choices", "a module that is not there", "a column that is not there",
        "a module with a typo", "capitals alone", "a column of the platform's own",
    ],
)  # fmt: skip
def test_a_slip_is_told_with_file_key_and_what_would_do(
    old: str, new: str, file: str, told: tuple[str, ...]
) -> None:
    said = refusal_of(FLIGHTS, old, new, file)
    for words in told:
        assert words in said
