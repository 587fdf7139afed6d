"""64-bit hashes of a unique key: where none occurs twice, no key does."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# A key is unique within a partition, which Hive's layout names in the path.
HIVE_PARTITION = "/partition=([^/]*)/"
_NULL = np.uint64(0xD1B54A32D192ED03)
_STEP = np.uint64(0x9E3779B97F4A7C15)


def partition_of(path: str) -> str:
    """The partition that a file belongs to, as its path spells it; empty if to none.

    >>> partition_of("/lake/t/partition=2013-01-07/a.parquet"), partition_of("/tmp/a.parquet")
    ('2013-01-07', '')
    """
    found = re.search(HIVE_PARTITION, path)
    return found.group(1) if found else ""


def key_hashes(partition: str, columns: Sequence[pa.ChunkedArray]) -> np.ndarray:
    """A hash per row; equal keys of a partition, nulls included, have equal hashes.

    Args:
        partition: the partition of all rows.
        columns: of the key, at least one, of equal length.
    """
    hashes = np.full(len(columns[0]), _text_hashes(pa.array([partition]))[0])
    for column in columns:
        hashes = _mixed(hashes ^ _column_hashes(column))
    return hashes


def repeats(hashes: np.ndarray) -> bool:
    """Whether any hash occurs twice."""
    ordered = np.sort(hashes)
    return bool((ordered[1:] == ordered[:-1]).any())


def _mixed(bits: np.ndarray) -> np.ndarray:
    """SplitMix64's output function (Steele, Lea, Flood 2014); a bijection: it adds no repeats."""
    bits = bits + _STEP
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _column_hashes(column: pa.ChunkedArray) -> np.ndarray:
    parts = [_chunk_hashes(chunk) for chunk in column.chunks]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint64)


def _chunk_hashes(chunk: pa.Array) -> np.ndarray:
    if not chunk.null_count:
        return _value_hashes(chunk)
    hashes = np.full(len(chunk), _NULL)
    if chunk.null_count < len(chunk):
        hashes[chunk.is_valid().to_numpy(zero_copy_only=False)] = _value_hashes(chunk.drop_null())
    return hashes


def _value_hashes(values: pa.Array) -> np.ndarray:
    if pa.types.is_dictionary(values.type):
        distinct = _value_hashes(values.dictionary)
        return distinct[values.indices.to_numpy()]
    if pa.types.is_floating(values.type):
        # Spark takes -0.0 for 0.0 and any NaN for any other.
        numbers = values.to_numpy().astype(np.float64) + 0.0
        return np.where(np.isnan(numbers), np.nan, numbers).view(np.uint64)
    if pa.types.is_integer(values.type):
        return _whole_hashes(values)
    if pa.types.is_date32(values.type):
        return _whole_hashes(values.cast(pa.int32()))
    if pa.types.is_timestamp(values.type):
        return _whole_hashes(values.cast(pa.int64()))
    return _text_hashes(values)


def _whole_hashes(values: pa.Array) -> np.ndarray:
    return values.to_numpy().astype(np.int64).view(np.uint64)


def _text_hashes(values: pa.Array) -> np.ndarray:
    """Of text and bytes; of decimals and truth values by the text that they are written as."""
    from pandas.util import hash_array

    distinct = values.dictionary_encode()
    texts = distinct.dictionary
    if not pa.types.is_binary(texts.type) and not pa.types.is_large_binary(texts.type):
        texts = pc.cast(texts, pa.string())
    hashes = hash_array(np.array(texts.to_pylist(), dtype=object), categorize=False)
    return np.asarray(hashes[distinct.indices.to_numpy()], dtype=np.uint64)
