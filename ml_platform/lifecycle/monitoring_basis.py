"""What later days of a model version are judged by, taken when it is trained."""

from dataclasses import dataclass
from typing import Any

from dagster import MetadataValue, TableRecord

from ml_platform.core.drift.importance import ColumnImportance, importance_shares, to_json
from ml_platform.core.drift.multivariate import DomainThreshold
from ml_platform.estimators.artifact import preprocess_module
from ml_platform.estimators.domain_classifier import DomainRows, calibrate
from ml_platform.estimators.importance import permutation_importance
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.reference_sample import keep_sample
from ml_platform.lifecycle.training_rows import LabelledRows
from ml_platform.stores.lake import Lake


@dataclass(frozen=True)
class MonitoringBasis:
    """What a version relies on, and what its training rows look like as a whole.

    Attributes:
        importance: of each input column, on the hold-out.
        domain_threshold: how well stretches of the training rows are told from one another.
        rows: the training rows themselves.
    """

    importance: list[ColumnImportance]
    domain_threshold: DomainThreshold
    rows: DomainRows

    def stored(self) -> dict[str, Any]:
        """What goes into the version's artifact, under the keys it is read back by."""
        return {
            "importance": to_json(self.importance),
            "domain_threshold": self.domain_threshold.to_json(),
        }

    def keep_sample(self, lake: Lake, model: Model, version: int) -> None:
        """Keep some of the rows for the version, to tell later rows from them."""
        keep_sample(lake, model, version, self.rows)

    def metadata(self) -> dict[str, Any]:
        """The importances as a table, the greatest first, and the limit where there is one."""
        shares = importance_shares(self.importance)
        by_column = {each.column: each for each in self.importance}
        records = [
            TableRecord(
                {
                    "column": column,
                    "share": round(share, 4),
                    "loss_increase": round(by_column[column].loss_increase, 5),
                    "standard_error": round(by_column[column].standard_error, 5),
                }
            )
            for column, share in shares.items()
        ]
        found: dict[str, Any] = {"importance": MetadataValue.table(records)} if records else {}
        if self.domain_threshold.limit is not None:
            found["multivariate_limit"] = round(self.domain_threshold.limit, 4)
        return found


def monitoring_basis(
    model: Model, booster: Any, threshold: float | None, train: LabelledRows, holdout: LabelledRows
) -> MonitoringBasis:
    """Take the basis of a version that was just fitted.

    Args:
        model: the model.
        booster: the fitted trees.
        threshold: what the version decides by.
        train: the rows it was fitted on.
        holdout: rows it was not fitted on; importances are measured there.
    """
    module = preprocess_module(model.preprocess_module)
    scoring = ScoringModel(
        booster=booster,
        transform=module.transform,
        input_columns=model.inputs,
        feature_names=tuple(module.FEATURES),
        threshold=threshold,
        spec={},
        task=model.task,
    )
    rows = DomainRows(train.columns, train.partitions)
    return MonitoringBasis(
        permutation_importance(scoring, holdout.columns, holdout.label),
        calibrate(rows, model.inputs, model.calendar.count(model.spec.monitoring.drift.window)),
        rows,
    )
