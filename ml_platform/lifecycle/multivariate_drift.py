"""The trailing window against the champion's reference, all columns at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.drift.multivariate import (
    DomainThreshold,
    multivariate_outcome,
    too_few_blocks,
)
from ml_platform.estimators.domain_classifier import (
    FEWEST_ROWS,
    ROWS_A_SIDE,
    DomainRows,
    comparable,
    domain_auc,
)
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.reference_sample import domain_rows, read_sample
from ml_platform.lifecycle.row_sample import sample_rows
from ml_platform.stores.lake import Lake


def multivariate_drift(
    model: Model,
    lake: Lake,
    partition: str,
    version: int,
    kept: Mapping[str, object],
) -> CheckOutcome:
    """Judge the trailing window that ends with a partition.

    Args:
        model: the model.
        lake: for its features and the reference's rows.
        partition: the last of the window.
        version: the model version whose reference it is compared with.
        kept: what was stored with that version: the threshold, if any.
    """
    threshold = threshold_of(kept)
    if threshold is None:
        return not_evaluated(f"version {version} was trained without a threshold for it")
    if threshold.limit is None:
        return too_few_blocks(threshold)
    window = model.calendar.trailing(partition, model.spec.monitoring.drift.window)
    reference = _reference(model, lake, version, window[0])
    if reference is None:
        return not_evaluated(f"no rows are kept that version {version} learned from")
    found = domain_auc(reference, _rows(model, lake, window), model.inputs)
    if found is None:
        return not_evaluated(f"window and reference need {FEWEST_ROWS} rows each")
    outcome = multivariate_outcome(found, threshold)
    return replace(outcome, numbers={**outcome.numbers, "model_version": version})


def threshold_of(kept: Mapping[str, object]) -> DomainThreshold | None:
    """The threshold that was stored with a version; None with one that has none."""
    found = kept.get("domain_threshold")
    return DomainThreshold.from_json(found) if isinstance(found, Mapping) else None


def _reference(model: Model, lake: Lake, version: int, first: str) -> DomainRows | None:
    """The version's own training rows, or those of the declared stretch before the window."""
    length = model.spec.monitoring.reference
    if isinstance(length, timedelta):
        return _rows(model, lake, model.calendar.before(first, length))
    return read_sample(lake, model, version)


def _rows(model: Model, lake: Lake, partitions: Sequence[str]) -> DomainRows:
    features = lake.table(model.table(names.FEATURES))
    found = sample_rows(features, partitions, list(comparable(model.inputs)), ROWS_A_SIDE)
    return domain_rows(found, model.inputs)
