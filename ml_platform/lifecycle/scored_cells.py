"""Scored rows, counted by region and score bin of their version's estimator."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ml_platform.core.estimation.estimator import PerformanceEstimator
from ml_platform.estimators.region_tree import load_regions
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform.lifecycle.estimator_table import region_features
from ml_platform.spark.scoring import numpy_columns

# Some tens of MB at 30 columns: so much is in memory at a time, however large a day is.
ROWS_AT_ONCE = 131_072


@dataclass(frozen=True)
class VersionCells:
    """The rows that one version scored.

    Attributes:
        version: the model version.
        estimator: what its rows are counted for; None where none was kept.
        rows: how many.
        counts: rows per region and score bin; empty without an estimator.
    """

    version: int
    estimator: PerformanceEstimator | None
    rows: int = 0
    counts: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))


def count_cells(
    files: Sequence[str],
    estimator_of: Callable[[int], PerformanceEstimator | None],
    scoring_model_of: Callable[[int], ScoringModel],
) -> VersionCells | None:
    """Count the rows of the version that scored most of them, in one pass over Parquet files.

    Only the score is read, and the features where the version's estimator has regions of them.

    Args:
        files: of one partition of the inference log.
        estimator_of: the estimator of a version.
        scoring_model_of: the model of a version; asked only where regions are needed.
    """
    versions = _versions(files)
    if not versions:
        return None
    version = max(versions, key=lambda number: (versions[number], number))
    estimator = estimator_of(version)
    if estimator is None:
        return VersionCells(version, None, versions[version])
    scored = scoring_model_of(version) if estimator.tree else None
    regions = load_regions(estimator.tree) if estimator.tree else None
    counts = np.zeros(estimator.shape, dtype=np.int64)
    for batch in _batches(files, ["score", *(["features"] if scored else [])], version):
        score = np.asarray(batch["score"].to_numpy(zero_copy_only=False), dtype=np.float64)
        leaf = None
        if scored and regions:
            inputs = pa.RecordBatch.from_struct_array(batch["features"])
            columns = numpy_columns(inputs, scored.input_columns)
            leaf = regions.leaf_of(region_features(scored, columns, score))
        counts += estimator.counts(score, leaf)
    return VersionCells(version, estimator, versions[version], counts)


def _versions(files: Sequence[str]) -> dict[int, int]:
    """Rows by model version."""
    found: dict[int, int] = {}
    for batch in _events(files, ["model_version"]):
        for value in pc.value_counts(batch["model_version"]).to_pylist():
            found[value["values"]] = found.get(value["values"], 0) + value["counts"]
    return found


def _batches(files: Sequence[str], columns: list[str], version: int) -> Iterator[pa.RecordBatch]:
    """The rows of one version that have a score."""
    for batch in _events(files, ["model_version", *columns]):
        own = pc.equal(batch["model_version"], version)
        yield batch.filter(pc.and_(own, pc.is_finite(batch["score"])))


def _events(files: Sequence[str], columns: list[str]) -> Iterator[pa.RecordBatch]:
    """Each event once: what batch scored. Requests may ask for an event again, or in the shadow."""
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(ROWS_AT_ONCE, columns=["source", *columns]):
            yield batch.filter(pc.equal(batch["source"], "batch"))
