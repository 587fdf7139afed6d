"""The performance estimators of a model in the lake: one row per model version."""

from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.concept_drift.label_rate import LabelReference
from ml_platform.core.estimation.estimator import PerformanceEstimator
from ml_platform.core.estimation.fitting import fit_estimator
from ml_platform.core.estimation.labelled_scores import LabelledScores
from ml_platform.estimators.region_tree import grow_regions
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.training_rows import LabelledRows
from ml_platform.stores.lake import Lake

ESTIMATOR_SCHEMA = pa.schema(
    [
        ("model_version", pa.int64()),
        ("method", pa.string()),
        ("threshold", pa.float64()),
        ("edges", pa.list_(pa.float64())),
        ("scores", pa.list_(pa.float64())),
        ("rates", pa.list_(pa.float64())),
        ("tree", pa.binary()),
        ("leaves", pa.list_(pa.int64())),
        ("rows", pa.int64()),
        ("days", pa.int64()),
        ("day_variance", pa.string()),
        ("log_loss", pa.string()),
        (
            "label_reference",
            pa.struct(
                [
                    ("rate", pa.float64()),
                    ("rows", pa.int64()),
                    ("days", pa.int64()),
                    ("day_variance", pa.float64()),
                    ("correlation", pa.float64()),
                    ("known_days", pa.int64()),
                ]
            ),
        ),
    ]
)


@dataclass(frozen=True)
class KeptEstimator:
    """What is kept of a version to watch it without labels, and its labels against."""

    estimator: PerformanceEstimator
    labels: LabelReference


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
    return KeptEstimator(
        fit_estimator(rows, scored.threshold, grow_regions),
        LabelReference.of(holdout.label, holdout.partitions, train.label, train.partitions),
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
    }
    table = lake.table(model.table(names.PERFORMANCE_ESTIMATORS))
    once = (f"{model.name}/estimator/{version}", 1)
    table.append_arrow(pa.Table.from_pylist([row], schema=ESTIMATOR_SCHEMA), app=once)


def read_estimator(lake: Lake, model: Model, version: int) -> KeptEstimator | None:
    """The estimator of a version; None where it was evaluated before estimators were kept."""
    table = lake.table(model.table(names.PERFORMANCE_ESTIMATORS))
    if not table.exists():
        return None
    rows = table.read_arrow()
    found = rows.filter(pc.equal(rows["model_version"], version)).to_pylist()
    if not found:
        return None
    return KeptEstimator(
        PerformanceEstimator.from_row(found[-1]), LabelReference(**found[-1]["label_reference"])
    )
