"""Whatever the contract and the rows, the verdicts are those of pandera's own ``validate``."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import pandera.pyspark as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import types as T

from ml_platform.spark.contract import compile_contract
from ml_platform_tests.spark.contracts import failed, files_of

KINDS: dict[str, tuple[Any, st.SearchStrategy[Any], tuple[str, ...]]] = {
    "integer": (T.IntegerType, st.integers(-3, 3), ("order", "list", "equal")),
    "double": (
        T.DoubleType,
        st.sampled_from([-1.5, 0.0, -0.0, 2.0, math.nan, math.inf]),
        ("order",),
    ),
    "text": (T.StringType, st.text("ab%.", max_size=3), ("text", "list", "equal")),
    "day": (T.DateType, st.dates(date(2013, 1, 1), date(2013, 1, 4)), ("order", "equal")),
    "flag": (T.BooleanType, st.booleans(), ("equal",)),
}
GROUPS = {
    "order": ("gt", "ge", "lt", "le", "in_range"),
    "list": ("isin", "notin"),
    "equal": ("eq", "ne"),
    "text": ("str_contains", "str_matches", "str_startswith", "str_endswith", "str_length"),
}


def argument(draw: st.DrawFn, check: str, values: st.SearchStrategy[Any]) -> Any:
    """Something that the check can be declared with."""
    if check == "in_range":
        ends = sorted(draw(st.lists(values, min_size=2, max_size=2, unique=True)))
        return dict(zip(("min_value", "max_value"), ends, strict=True)) | {
            "include_min": draw(st.booleans()),
            "include_max": draw(st.booleans()),
        }
    if check in ("isin", "notin"):
        return draw(st.lists(values, min_size=1, max_size=3))
    if check == "str_length":
        return {"min_value": 1, "max_value": draw(st.integers(1, 3))}
    if check in ("str_contains", "str_matches"):
        return draw(st.sampled_from(["a", "^b", "[ab]+$", "a.", "%"]))
    return draw(values)


@st.composite
def contracts_with_rows(draw: st.DrawFn) -> tuple[Any, list[tuple[Any, ...]]]:
    """A contract over every kind of column, and a few rows that may or may not fit it."""
    fields: dict[str, Any] = {}
    cells = []
    for name, (_, values, groups) in KINDS.items():
        allowed = [check for group in groups for check in GROUPS[group]]
        chosen = draw(st.lists(st.sampled_from(allowed), max_size=3, unique=True))
        arguments = {check: argument(draw, check, values) for check in chosen}
        fields[name] = pa.Field(nullable=draw(st.booleans()), **arguments)
        cells.append(st.one_of(st.none(), values))
    names = st.lists(st.sampled_from(list(KINDS)), max_size=3, unique=True)
    config = type("Config", (), {"unique": draw(names) or None})
    annotations = {name: kind for name, (kind, _, _) in KINDS.items()}
    members = {**fields, "Config": config, "__annotations__": annotations}
    model = type("Generated", (pa.DataFrameModel,), members)
    return model, draw(st.lists(st.tuples(*cells), max_size=5))


def said_by_pandera(model: Any, frame: Any) -> set[tuple[str | None, str]]:
    """The checks that pandera's own validate finds failed."""
    found = model.validate(frame).pandera.errors
    entries = [e for kinds in found.values() for errors in kinds.values() for e in errors]
    return {(None if e["check"] == "unique" else e["column"], e["check"]) for e in entries}


@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(generated=contracts_with_rows())
def test_the_verdicts_are_those_of_panderas_own_validate(
    spark: Any, tmp_path: Path, generated: Any
) -> None:
    model, rows = generated
    contract = compile_contract(model)
    # Neither cached nor read from the files: Spark skips batches and row groups by their range,
    # which a NaN is not part of, so that pandera's filters would miss it.
    frame = spark.createDataFrame(rows, contract.spark_schema).coalesce(1)
    files = files_of(frame, tmp_path / "t")
    assert set(failed(contract.verdicts(spark, files))) == said_by_pandera(model, frame)
