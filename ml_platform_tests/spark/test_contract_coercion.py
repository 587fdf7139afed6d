"""Landed text becomes a typed value with all of its digits, or none at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pyspark.sql import functions as F
from pyspark.sql import types as T

from ml_platform.spark.contract_coercion import coerce

CASES: dict[str, tuple[T.DataType, dict[str, Any]]] = {
    "whole numbers written with an exponent, as far as a double is exact": (
        T.LongType(),
        {
            "2.024031E7": 20240310,
            "1e3": 1000,
            "20240310.0": 20240310,
            "1.5e0": None,
            "9.007199254740992e15": 2**53,
            "9.007199254740994e15": None,
            "1e-3": None,
            "12.5": None,
            "9007199254740993": 2**53 + 1,
        },
    ),
    "decimals that have no more digits than the column": (
        T.DecimalType(5, 2),
        {"1.50": Decimal("1.50"), "1.500": Decimal("1.50"), "1.505": None, "1000": None},
    ),
    "the largest decimals": (T.DecimalType(38, 2), {"1.5": Decimal("1.50"), "1.505": None}),
}


def test_no_digit_is_lost_in_silence(spark: Any) -> None:
    for what, (dtype, texts) in CASES.items():
        frame = spark.createDataFrame([(text,) for text in texts], "text string")
        rows = frame.select("text", coerce(F.col("text"), dtype).alias("value")).collect()
        assert {row["text"]: row["value"] for row in rows} == texts, what


def test_a_timestamp_finer_than_a_microsecond_is_none(spark: Any) -> None:
    texts = {
        "2024-03-10 01:02:03.123456": True,
        "2024-03-10T01:02:03.123456000Z": True,
        "2024-03-10 01:02:03.5 UTC": True,
        "2024-03-10 01:02:03+02:00": True,
        "2024-03-10 01:02": True,
        "2024-03-10": True,
        "2024-03-10 01:02:03.123456789": False,
        "2024-03-10 01:02:03.1234567Z": False,
    }
    frame = spark.createDataFrame([(text,) for text in texts], "text string")
    value = coerce(F.col("text"), T.TimestampType())
    rows = frame.select("text", value.isNotNull().alias("read")).collect()
    assert {row["text"]: row["read"] for row in rows} == texts
