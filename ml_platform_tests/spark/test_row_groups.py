from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ml_platform.spark.row_groups import MOST_TASKS, RowGroup, shares_of


def _footers(folder: Path, *rows_of: tuple[int, int]) -> dict[str, pq.FileMetaData]:
    footers = {}
    for number, (rows, size) in enumerate(rows_of):
        path = folder / f"{number}.parquet"
        pq.write_table(pa.table({"x": range(rows)}), path, row_group_size=size)
        footers[str(path)] = pq.read_metadata(path)
    return footers


def test_every_row_group_is_in_exactly_one_share(tmp_path: Path) -> None:
    footers = _footers(tmp_path, (1_000, 10), (5, 10), (0, 10))
    shares = shares_of(footers)
    dealt = [group for share in shares for group in share]

    assert len(shares) == MOST_TASKS
    assert all(shares)
    assert sorted(g.index for g in dealt if g.path.endswith("0.parquet")) == list(range(100))
    assert RowGroup(str(tmp_path / "1.parquet"), 0) in dealt


def test_a_large_row_group_has_a_share_of_its_own(tmp_path: Path) -> None:
    footers = _footers(tmp_path, (50_000, 50_000), (1_000, 10))
    [large] = [share for share in shares_of(footers) if share[0].path.endswith("0.parquet")]

    assert len(large) == 1
    assert shares_of({}) == []
