"""The profile of an Arrow array: values stay in Arrow's and numpy's memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core.column_values import FloatArray, numbers
from ml_platform.core.distinct_count import NOTHING, sketch_encoded
from ml_platform.core.edges import Edges
from ml_platform.core.errors import UserError
from ml_platform.core.group_profiles import numeric_profiles
from ml_platform.core.grouping import Grouping
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.profile_columns import (
    COUNTED_UNSEEN,
    categorical_profile,
    numeric_profile,
)


def arrow_profile(values: pa.Array, edges: Edges) -> ColumnProfile:
    """The profile of one column.

    Numbers, booleans, decimals and instants (as seconds since 1970 UTC) have numeric bins; what
    has categories is counted by its text. Null and NaN stay apart.

    Args:
        values: Shape [n]; text also as codes into a dictionary.
        edges: The bins.

    Raises:
        UserError: Text, or another type that is no number, in a column with numeric bins.
    """
    if edges.kind == "numeric":
        return numeric_profile(edges, _floats(values, edges.column), len(values))
    texts, counts = text_counts(values)
    known = codes_in(texts, edges.categories)
    return _categorical(edges, texts, known, counts, len(values), _sketch(texts))


def arrow_profiles(
    values: pa.Array, edges: Edges, groupings: Sequence[Grouping]
) -> Iterator[tuple[str, ColumnProfile]]:
    """The profile of each group that has rows; without sketches of distinct values.

    Args:
        values: Shape [n]; as for `arrow_profile`.
        edges: The bins.
        groupings: Each of n rows.

    Raises:
        UserError: As `arrow_profile`.
    """
    valid = _valid(values) if values.null_count else None
    if edges.kind == "numeric":
        yield from numeric_profiles(edges, _floats(values, edges.column), valid, groupings)
        return
    coded = _coded(values)
    texts = as_texts(coded.dictionary)
    known = codes_in(texts, edges.categories)
    places = coded.indices.drop_null().to_numpy()
    for grouping in groupings:
        table = grouping.tabulate(grouping.codes_of(valid), places, len(texts)) * _valid(texts)
        for i in np.flatnonzero(grouping.rows):
            profile = _categorical(edges, texts, known, table[i], int(grouping.rows[i]))
            yield grouping.names[i], profile


def _floats(values: pa.Array, column: str) -> FloatArray:
    kind = values.type
    present = values.drop_null() if values.null_count else values
    if pa.types.is_null(kind):
        return np.empty(0)
    if pa.types.is_temporal(kind):
        return numbers(present.to_numpy(zero_copy_only=False))[0]
    if pa.types.is_decimal(kind):
        present = present.cast(pa.float64())
    elif not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind)):
        raise UserError(f"column {column} has numeric bins, but its values are {kind}")
    return present.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)


def _categorical(
    edges: Edges,
    texts: pa.Array,
    known: np.ndarray,
    counts: np.ndarray,
    rows: int,
    distinct: bytes = NOTHING,
) -> ColumnProfile:
    """The profile of texts that occur so often; each known one has its place, the others -1."""
    of_bins = np.bincount(np.where(known < 0, edges.bins - 1, known), counts, edges.bins)
    unseen = np.flatnonzero((known < 0) & (counts > 0))
    return categorical_profile(
        edges,
        of_bins.astype(np.int64).tolist(),
        _most_frequent(texts.take(pa.array(unseen)), counts[unseen]) if len(unseen) else {},
        rows - int(counts.sum()),
        distinct,
    )


def text_counts(values: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """The distinct values as text, NaN and null left out, and how often each occurs."""
    coded = _coded(values)
    codes = coded.indices.drop_null().to_numpy()
    counts = np.bincount(codes, minlength=len(coded.dictionary))
    texts = as_texts(coded.dictionary)
    there = (counts > 0) & _valid(texts)
    if there.all():
        return texts, counts
    return texts.filter(pa.array(there)), counts[there]


def _coded(values: pa.Array) -> pa.DictionaryArray:
    return values if pa.types.is_dictionary(values.type) else values.dictionary_encode()


def _valid(values: pa.Array) -> np.ndarray:
    return values.is_valid().to_numpy(zero_copy_only=False)


def as_texts(values: pa.Array) -> pa.Array:
    """Values as text, as Python writes them; null where there is none or NaN."""
    if pa.types.is_string(values.type):
        return values
    if pa.types.is_large_string(values.type):
        return values.cast(pa.string())
    # Only NaN differs from itself.
    texts = [None if v is None or v != v else str(v) for v in values.to_pylist()]
    return pa.array(texts, pa.string())


def codes_in(texts: pa.Array, known: tuple[str, ...]) -> np.ndarray:
    """The place of each text among the known ones, -1 where it is not among them."""
    found = pc.index_in(texts, value_set=_text_array(known))
    return found.fill_null(-1).to_numpy().astype(np.intp)


@lru_cache(maxsize=256)
def _text_array(known: tuple[str, ...]) -> pa.Array:
    return pa.array(known, pa.string())


def _most_frequent(texts: pa.Array, counts: np.ndarray) -> dict[str, int]:
    found = pa.table({"value": texts, "count": pa.array(counts)})
    order = [("count", "descending"), ("value", "ascending")]
    most = found.take(pc.select_k_unstable(found, min(COUNTED_UNSEEN, len(texts)), order))
    return dict(zip(most["value"].to_pylist(), most["count"].to_pylist(), strict=True))


def _sketch(texts: pa.Array) -> bytes:
    _, ends, data = texts.buffers()
    if not len(texts):
        return NOTHING
    at = np.frombuffer(ends, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    encoded = np.frombuffer(data, dtype=np.uint8) if data else np.empty(0, dtype=np.uint8)
    return sketch_encoded(encoded, at.astype(np.int64))
