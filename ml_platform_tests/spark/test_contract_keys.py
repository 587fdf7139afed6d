"""Equal keys have equal hashes, however their column is stored; others have other hashes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ml_platform.spark.contract_keys import key_hashes, repeats

DISTINCT: dict[str, tuple[pa.DataType, list[Any]]] = {
    "whole": (pa.int32(), [0, 1, -1, None]),
    "text": (pa.string(), ["", "a", "ab", "\U0001f600", None]),
    "bytes": (pa.binary(), [b"", b"\xff", None]),
    "fraction": (pa.float64(), [0.0, 0.5, -0.5, float("inf"), float("nan"), None]),
    "decimal": (pa.decimal128(5, 2), [Decimal("1.00"), Decimal("1.10"), None]),
    "truth": (pa.bool_(), [True, False, None]),
    "day": (pa.date32(), [date(1970, 1, 1), date(1969, 12, 31), None]),
    "moment": (pa.timestamp("us", tz="UTC"), [datetime(1970, 1, 1, tzinfo=UTC), None]),
}


def hashes(values: list[Any], kind: pa.DataType, partition: str = "") -> np.ndarray:
    return key_hashes(partition, [pa.chunked_array([pa.array(values, kind)])])


@pytest.mark.parametrize("name", DISTINCT)
def test_a_value_repeats_only_itself(name: str) -> None:
    kind, values = DISTINCT[name]
    found = hashes(values + values, kind)
    assert not repeats(hashes(values, kind))
    assert found[: len(values)].tolist() == found[len(values) :].tolist()


def test_zero_has_no_sign_and_any_nan_is_the_same() -> None:
    other_nan = np.array([0x7FF8000000000001], np.uint64).view(np.float64)[0]
    assert len(set(hashes([0.0, -0.0], pa.float64()).tolist())) == 1
    assert len(set(hashes([float("nan"), other_nan], pa.float64()).tolist())) == 1


def test_text_has_one_hash_whether_it_is_stored_as_codes_or_not() -> None:
    plain = pa.array(["b", "a", None, "b"])
    coded = key_hashes("", [pa.chunked_array([plain.dictionary_encode()])])
    assert coded.tolist() == hashes(plain.to_pylist(), pa.string()).tolist()


def test_the_order_of_columns_and_the_partition_count() -> None:
    a, b = (pa.chunked_array([pa.array([n])]) for n in (1, 2))
    keys = [key_hashes("p", [a, b]), key_hashes("p", [b, a]), key_hashes("q", [a, b])]
    assert len({int(key[0]) for key in keys}) == 3
