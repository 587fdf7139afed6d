"""What is known of a partition's drift: its columns ranked, and all of them at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.drift.importance import from_json, importance_shares
from ml_platform.core.drift.ranking import RankedColumn, rank_columns
from ml_platform.core.score_profile import SCORE
from ml_platform.estimators.artifact import load_artifact
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.multivariate_drift import multivariate_drift
from ml_platform.stores.lake import Lake
from ml_platform.stores.model_registry import ModelRegistry

Kept = Callable[[int], Mapping[str, Any]]


@dataclass(frozen=True)
class DriftFindings:
    """The drift of one partition's window.

    Attributes:
        partition: the last of the window.
        version: the model version whose reference it was compared with; None without one.
        ranked: evaluated columns by importance and effect, drifted ones first.
        multivariate: the outcome on all columns at once.
        window_partitions: of the longest window that columns were judged over; 0 without one.
    """

    partition: str
    version: int | None
    ranked: tuple[RankedColumn, ...]
    multivariate: CheckOutcome
    window_partitions: int


def drift_findings(
    model: Model, lake: Lake, registry: ModelRegistry, partitions: Sequence[str]
) -> list[DriftFindings]:
    """What the drift stage stored of each partition, weighted by what its version relies on.

    Args:
        model: the model.
        lake: with the drift table, and the rows of window and reference.
        registry: with what each version was stored with.
        partitions: in order; each gives one entry.
    """

    @cache
    def kept(version: int) -> Mapping[str, Any]:
        found = registry.version(model.name, version)
        return load_artifact(found.path, found.manifest_sha256).spec

    lines = _lines(model, lake, partitions)
    return [_findings(model, lake, kept, p, lines.get(p, [])) for p in partitions]


def _findings(
    model: Model, lake: Lake, kept: Kept, partition: str, lines: Sequence[Mapping[str, Any]]
) -> DriftFindings:
    versions = [line["model_version"] for line in lines]
    if not versions:
        none = not_evaluated("the inputs were not compared with a reference")
        return DriftFindings(partition, None, (), none, 0)
    version = int(versions[0])
    stored = kept(version)
    return DriftFindings(
        partition,
        version,
        rank_columns([line for line in lines if line["column"] != SCORE], _shares(stored)),
        multivariate_drift(model, lake, partition, version, stored),
        max(int(line["span"]) for line in lines),
    )


def _shares(stored: Mapping[str, Any]) -> dict[str, float] | None:
    """Importance by column; None with a version that was trained before it was recorded."""
    found = stored.get("importance")
    return None if found is None else importance_shares(from_json(found))


def _lines(
    model: Model, lake: Lake, partitions: Sequence[str]
) -> dict[str, list[Mapping[str, Any]]]:
    table = lake.table(model.table(names.DRIFT))
    if not table.exists():
        return {}
    lines: dict[str, list[Mapping[str, Any]]] = {}
    for row in table.read_arrow(list(partitions)).to_pylist():
        lines.setdefault(row[names.PARTITION], []).append(row)
    return lines
