"""Tables to profile: many columns of every shape, in Parquet files of a million rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ml_platform.core.edges import Edges, edges_from_values
from ml_platform.core.profile_plan import ProfilePlan
from ml_platform.spark.profile_arrow import text_counts

PART_ROWS = 1_000_000
# Further parts are copies of these: making numbers takes ten times longer than copying them.
DISTINCT_PARTS = 5
# About as many as Spark writes for columns like these.
ROW_GROUP = 500_000

Numbers = Callable[[np.random.Generator, int], np.ndarray]
NUMBERS: tuple[Numbers, ...] = (
    lambda g, n: g.normal(10, 8, n),
    lambda g, n: g.exponential(3, n).round(2),
    lambda g, n: g.lognormal(0, 2, n),
    lambda g, n: np.where(g.random(n) < 0.8, 0.0, g.gamma(2, 1, n).round(1)),
    lambda g, n: g.normal(1013, 6, n).round(1),
    lambda g, n: g.integers(0, 2400, n),
)
CATEGORIES = (3, 20, 100, 400, 2_000, 10_000)


def part(rows: int, seed: int, shift: float = 0.0) -> pa.Table:
    """Thirty columns: 24 of numbers, every fourth with gaps, and 6 of text.

    Args:
        rows: of the part.
        seed: another one, other rows.
        shift: added to every number.
    """
    generator = np.random.default_rng(seed)
    columns = {}
    for i in range(24):
        values = NUMBERS[i % len(NUMBERS)](generator, rows) + shift
        columns[f"x{i}"] = pa.array(values, mask=generator.random(rows) < 0.05 * (i % 4 == 0))
    for i, distinct in enumerate(CATEGORIES):
        rare = np.minimum(generator.geometric(5 / (distinct + 5), rows) - 1, distinct - 1)
        names = pa.array([f"value {j}" for j in range(distinct)])
        coded = pa.DictionaryArray.from_arrays(pa.array(rare.astype(np.int32)), names)
        columns[f"s{i}"] = coded.cast(pa.string())
    return pa.table(columns)


def write_parts(folder: Path, parts: int) -> list[str]:
    """Parts of a million rows, a file each; those that are there already are kept."""
    first = [
        _write(folder, f"part-{i:03}", lambda i=i: part(PART_ROWS, i))
        for i in range(min(parts, DISTINCT_PARTS))
    ]
    others = range(DISTINCT_PARTS, parts)
    return [*first, *(_copy(first[i % DISTINCT_PARTS], folder, f"part-{i:03}") for i in others)]


def write_wide(folder: Path, columns: int, rows: int) -> str:
    """One file of numbers alone."""
    generator = np.random.default_rng(0)
    made = {
        f"x{i}": NUMBERS[i % len(NUMBERS)](generator, rows).astype(np.float64)
        for i in range(columns)
    }
    return _write(folder, "wide", lambda: pa.table(made), ROW_GROUP // 5)


def _write(
    folder: Path, name: str, make: Callable[[], pa.Table], row_group: int = ROW_GROUP
) -> str:
    path = folder / f"partition={name}" / "part-0.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(make(), path, row_group_size=row_group)
    return str(path)


def _copy(of: str, folder: Path, name: str) -> str:
    path = folder / f"partition={name}" / "part-0.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(of, path)
    return str(path)


def first_rows(path: str, rows: int) -> pa.Table:
    """The first rows of a file; the others are not read."""
    with pq.ParquetFile(path, pre_buffer=False) as file:
        return pa.Table.from_batches([next(file.iter_batches(rows, use_threads=False))])


def plan_of(path: str, rows: int) -> ProfilePlan:
    """All columns of a file, in bins cut on its first rows."""
    return ProfilePlan(edges_of(first_rows(path, rows)))


def edges_of(table: pa.Table) -> tuple[Edges, ...]:
    """Bins cut on the rows of a table."""
    return tuple(_edges(table))


def _edges(table: pa.Table) -> Iterator[Edges]:
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_string(column.type):
            texts, counts = text_counts(column.combine_chunks())
            ranked = np.argsort(-counts, kind="stable")
            names = tuple(texts.take(pa.array(ranked)).to_pylist())
            yield Edges(name, "categorical", categories=names)
        else:
            values = column.drop_null().combine_chunks().to_numpy(zero_copy_only=False)
            yield edges_from_values(name, values)
