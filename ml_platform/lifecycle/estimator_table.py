"""The performance estimators of a model in the lake: one row per model version."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.concept_drift.label_rate import LabelReference
from ml_platform.core.concept_drift.mean_reference import MeanReference
from ml_platform.core.concept_drift.value_drift import ValueReference
from ml_platform.core.estimation.estimator import CALIBRATIONS, PerformanceEstimator
from ml_platform.core.estimation.fitting import fit_estimator
from ml_platform.core.estimation.labelled_scores import LabelledScores
from ml_platform.core.estimation.loss_fitting import fit_loss_estimator
from ml_platform.estimators.region_tree import grow_error_regions, grow_regions, load_regions
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform.lifecycle.estimator_schema import ESTIMATOR_SCHEMA, estimator_schema
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.training_rows import LabelledRows
from ml_platform.stores.lake import Lake


@dataclass(frozen=True)
class KeptEstimator:
    """What is kept of a version to watch it without labels, and its labels against.

    Attributes:
        estimator: of its performance.
        labels: how frequent label 1 was, or where the numbers to predict lay.
        expected_rate: how frequent the estimator expects it to be; None of predicted numbers, and
            with a version that was trained before it was kept.
    """

    estimator: PerformanceEstimator
    labels: LabelReference | ValueReference
    expected_rate: MeanReference | None = None


def fit_kept(
    scored: ScoringModel, score: np.ndarray, train: LabelledRows, holdout: LabelledRows
) -> KeptEstimator:
    """Fit on the hold-out, which the candidate did not learn from.

    Args:
        scored: the candidate.
        score: its scores on the hold-out, shape [n].
        train: the rows it learned from.
        holdout: the rows kept apart.
    """
    rows = LabelledScores(
        label=holdout.label,
        score=score,
        features=region_features(scored, holdout.columns, score),
        day=holdout.partitions,
    )
    labels = (holdout.label, holdout.partitions, train.label, train.partitions)
    if scored.threshold is None:
        return KeptEstimator(
            fit_loss_estimator(rows, grow_error_regions), ValueReference.of(*labels)
        )
    estimator = fit_estimator(rows, scored.threshold, grow_regions)
    return KeptEstimator(
        estimator,
        LabelReference.of(*labels),
        _expected_rate(scored, estimator, rows, train),
    )


def _expected_rate(
    scored: ScoringModel, estimator: PerformanceEstimator, rows: LabelledScores, train: LabelledRows
) -> MeanReference | None:
    """What the estimator expects of the hold-out's rows, and of those that were learnt from.

    None of predicted numbers, which are no rates. Scores of rows that were learnt from follow their
    labels more closely than scores of new rows do, so that days seem to vary more than they will:
    that makes alarms rarer, not more frequent.
    """
    if estimator.method not in CALIBRATIONS:
        return None
    leaf_of = load_regions(estimator.tree).leaf_of if estimator.tree else None
    score = scored.score(train.columns)
    learnt = region_features(scored, train.columns, score)
    rates = [
        estimator.rate_of(known, leaf_of(features) if leaf_of else None)
        for known, features in ((score, learnt), (rows.score, rows.features))
    ]
    return MeanReference.of(
        np.concatenate(rates),
        np.concatenate([train.partitions, rows.day]),
        np.repeat([False, True], [len(score), len(rows)]),
    )


def region_features(
    scored: ScoringModel, columns: dict[str, np.ndarray], score: np.ndarray
) -> np.ndarray:
    """What regions are cut of: the model's own features and its score, float32 [n, columns]."""
    return np.column_stack([scored.features(columns), score]).astype(np.float32)


def write_estimator(lake: Lake, model: Model, version: int, kept: KeptEstimator) -> None:
    """Keep the estimator of a version; done again, nothing changes."""
    row = kept.estimator.to_row() | {
        "model_version": version,
        "label_reference": asdict(kept.labels),
        "expected_rate": None if kept.expected_rate is None else asdict(kept.expected_rate),
    }
    table = lake.table(model.table(names.PERFORMANCE_ESTIMATORS))
    once = (f"{model.name}/estimator/{version}", 1)
    table.append_arrow(pa.Table.from_pylist([row], schema=estimator_schema(model.task)), app=once)


def read_estimator(lake: Lake, model: Model, version: int) -> KeptEstimator | None:
    """The estimator of a version; None where it was evaluated before estimators were kept."""
    table = lake.table(model.table(names.PERFORMANCE_ESTIMATORS))
    if not table.exists():
        return None
    rows = table.read_arrow()
    found = rows.filter(pc.equal(rows["model_version"], version)).to_pylist()
    if not found:
        return None
    row = found[-1]
    expected = row.get("expected_rate")
    return KeptEstimator(
        PerformanceEstimator.from_row(row),
        _labels(row["label_reference"]),
        None if expected is None else MeanReference(**expected),
    )


def _labels(kept: Mapping[str, Any]) -> LabelReference | ValueReference:
    if "median" not in kept:
        return LabelReference(**kept)
    level, width = (MeanReference(**kept[name]) for name in ("level", "width"))
    return ValueReference(kept["median"], level, width, kept["reach"])


__all__ = ["ESTIMATOR_SCHEMA", "KeptEstimator", "fit_kept", "read_estimator", "write_estimator"]
