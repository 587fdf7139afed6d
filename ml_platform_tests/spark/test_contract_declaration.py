"""A contract that landed text cannot be held to is refused before any data is read."""

from __future__ import annotations

from typing import Any

import pandera.pyspark as pa
import pytest
from pyspark.sql import types as T

from ml_platform.core.errors import ContractError
from ml_platform.spark.contract import compile_contract


def model(annotations: dict[str, Any], config: dict[str, Any], **fields: Any) -> Any:
    """A pandera model from its parts."""
    members = {**fields, "__annotations__": annotations, "Config": type("Config", (), config)}
    return type("Trips", (pa.DataFrameModel,), members)


WRONG: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]] = {
    "text check on a number": (
        {"n": T.IntegerType},
        {},
        {"n": pa.Field(str_contains="a")},
        r"column n: str_contains\('a'\) does not apply to type int",
    ),
    "nested type": (
        {"n": T.ArrayType(T.StringType())},
        {},
        {},
        "cannot be read as array<string>",
    ),
    "pattern of names": (
        {"n": T.IntegerType},
        {},
        {"n": pa.Field(regex=True, alias="n.*")},
        "name each column",
    ),
    "no type": ({"n": Any}, {}, {}, "give it a Spark type"),
    "no columns": ({}, {}, {}, "names no columns"),
    "misspelt key": (
        {"flight": T.IntegerType},
        {"unique": ["flght"]},
        {},
        "Config.unique names flght; did you mean flight",
    ),
    "unknown key": ({"flight": T.IntegerType}, {"unique": "zzz"}, {}, "it has flight"),
    "unknown partition column": (
        {"flight": T.IntegerType},
        {"metadata": {"partition_column": "day"}},
        {},
        "partition_column in Config.metadata names day",
    ),
    "partition column of no date": (
        {"flight": T.IntegerType},
        {"metadata": {"partition_column": "flight"}},
        {},
        "partition_column flight is int; expected date or timestamp",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_impossible_contract_is_refused_in_plain_words(name: str) -> None:
    annotations, config, fields, expected = WRONG[name]
    with pytest.raises(ContractError, match=expected):
        compile_contract(model(annotations, config, **fields))


def test_a_type_for_all_columns_is_taken_from_the_config() -> None:
    contract = compile_contract(model({"n": T.IntegerType}, {"dtype": T.StringType}))
    assert contract.spark_schema["n"].dataType == T.StringType()
    assert contract.columns == ("n",)
    assert contract.name == "Trips"
