"""Columns that fit, grow or clash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ml_platform.core.errors import StoreError
from ml_platform.stores.lake import Lake
from ml_platform.stores.lake_schema import LakeSchema

ROWS = LakeSchema.of_arrow(pa.schema([("a", pa.int64()), ("partition", pa.string())]))


def test_a_schema_is_the_same_by_way_of_spark_delta_and_arrow(spark: Any) -> None:
    query = """select 1L a, array(named_struct('x', 1.5D)) l, map('k', 1) m, date'2013-01-01' d,
      timestamp'2013-01-01' t, timestamp_ntz'2013-01-01' n, cast(1 as decimal(10, 2)) c, 'p' s"""
    schema = LakeSchema.of_frame(spark.sql(query))
    assert LakeSchema.of_delta(schema.to_delta()) == schema
    assert LakeSchema.of_arrow(schema.to_arrow()) == schema
    assert LakeSchema.of_frame(spark.createDataFrame([], schema.to_spark())) == schema


def test_dictionaries_large_texts_and_nanoseconds_become_plain() -> None:
    schema = pa.schema(
        [
            ("d", pa.dictionary(pa.int32(), pa.string())),
            ("l", pa.large_string()),
            ("t", pa.timestamp("ns", "Europe/Berlin")),
            ("n", pa.timestamp("ms")),
        ]
    )
    assert LakeSchema.of_arrow(schema).to_arrow() == pa.schema(
        [
            ("d", pa.string()),
            ("l", pa.string()),
            ("t", pa.timestamp("us", "UTC")),
            ("n", pa.timestamp("us")),
        ]
    )


def test_the_partition_column_comes_last() -> None:
    schema = LakeSchema.of_arrow(pa.schema([("partition", pa.string()), ("a", pa.int64())]))
    assert schema.names == ["a", "partition"]


def test_a_type_the_lake_cannot_store_is_named() -> None:
    with pytest.raises(StoreError, match="column 'h': the lake cannot store duration"):
        LakeSchema.of_arrow(pa.schema([("h", pa.duration("us"))]))


def test_a_column_of_nothing_but_nulls_needs_a_type() -> None:
    schema = LakeSchema.of_arrow(pa.schema([("n", pa.list_(pa.null()))]))
    with pytest.raises(StoreError, match="table t: column 'n' has no type"):
        schema.check_storable("t")


def test_new_columns_are_added() -> None:
    wider = LakeSchema({**ROWS.types, "b": "string"})
    assert wider.columns_to_add("t", ROWS) == LakeSchema({"b": "string"})


@pytest.mark.parametrize(
    ("types", "message"),
    [
        ({"partition": "string"}, "the new rows lack the column 'a'"),
        ({"a": "string", "partition": "string"}, "column 'a' is long in the table but string in"),
    ],
)
def test_a_lost_or_changed_column_is_refused(types: dict[str, Any], message: str) -> None:
    with pytest.raises(StoreError, match=message):
        LakeSchema(types).columns_to_add("t", ROWS)


def test_a_clash_of_nested_types_is_spelt_out() -> None:
    def nested(inner: pa.DataType) -> LakeSchema:
        kind = pa.list_(pa.struct([("x", pa.map_(pa.string(), inner))]))
        return LakeSchema.of_arrow(pa.schema([("l", kind)]))

    with pytest.raises(StoreError, match="is array<struct<x: map<string, long>>> in the table"):
        nested(pa.string()).columns_to_add("t", nested(pa.int64()))


def asked(**fields: pa.DataType) -> LakeSchema:
    return LakeSchema.of_arrow(pa.schema([("features", pa.struct(list(fields.items())))]))


def test_a_struct_gains_fields_and_lacks_others() -> None:
    former, new = asked(x=pa.float64(), y=pa.string()), asked(y=pa.string(), z=pa.int64())
    both = asked(x=pa.float64(), y=pa.string(), z=pa.int64())
    assert new.columns_to_add("t", former) == both
    assert new.columns_to_add("t", both) == LakeSchema({})
    inner, outer = (
        LakeSchema.of_arrow(pa.schema([("s", pa.struct([("f", pa.struct([(name, pa.int64())]))]))]))
        for name in ("x", "y")
    )
    grown = str(outer.columns_to_add("t", inner).types["s"])
    assert ["'x'" in grown, "'y'" in grown] == [True, True]


def test_a_field_of_another_type_is_refused() -> None:
    with pytest.raises(StoreError, match="is struct<x: double> in the table but struct<x: string>"):
        asked(x=pa.string()).columns_to_add("t", asked(x=pa.float64()))


def test_a_lost_column_is_null_where_rows_may_be_narrower() -> None:
    rows = LakeSchema({"partition": "string"})
    assert rows.columns_to_add("t", ROWS, narrower=True) == LakeSchema({})


def test_rows_of_before_and_after_are_read_together(tmp_path: Path) -> None:
    table = Lake(str(tmp_path)).table("t")
    table.replace_arrow(pa.table({"features": [{"x": 1.0}], "partition": ["1"]}), ["1"])
    table.replace_arrow(pa.table({"features": [{"x": 2.0, "y": "b"}], "partition": ["2"]}), ["2"])
    table.replace_arrow(pa.table({"features": [{"x": 3.0}], "partition": ["3"]}), ["3"])
    rows = table.read_arrow().sort_by("partition")["features"].to_pylist()
    assert rows == [{"x": 1.0, "y": None}, {"x": 2.0, "y": "b"}, {"x": 3.0, "y": None}]
