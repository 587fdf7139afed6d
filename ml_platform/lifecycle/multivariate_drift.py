"""The trailing window against the champion's reference, all columns at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.drift.multivariate import (
    FEWEST_ROWS,
    DomainThreshold,
    multivariate_outcome,
    too_few_blocks,
)
from ml_platform.estimators.domain_classifier import (
    ROWS_A_SIDE,
    DomainRows,
    comparable,
    domain_auc,
)
from ml_platform.lifecycle.feature_definition import made_by
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
    window = model.calendar.keys_to(partition, threshold.partitions)
    inputs = _inputs(model, kept)
    if _made_otherwise(model, lake, window, kept):
        return not_evaluated(
            f"features.py was edited since version {version} was trained: what its rows are "
            "compared with is made by other code"
        )
    reference = _reference(model, lake, version, window[0], inputs)
    if reference is None:
        return not_evaluated(f"no rows are kept that version {version} learned from")
    found = domain_auc(reference, _rows(model, lake, window, inputs), inputs)
    if found is None:
        return not_evaluated(f"window and reference need {FEWEST_ROWS} rows each")
    outcome = multivariate_outcome(found, threshold)
    numbers = {**outcome.numbers, "model_version": version}
    declared = model.calendar.count(model.spec.monitoring.drift.window)
    grown = f"; over {threshold.partitions} partitions, as {declared} hold too few rows"
    sentence = outcome.sentence + (grown if threshold.partitions > declared else "")
    return replace(outcome, numbers=numbers, sentence=sentence)


def threshold_of(kept: Mapping[str, object]) -> DomainThreshold | None:
    """The threshold that was stored with a version; None with one that has none."""
    found = kept.get("domain_threshold")
    return DomainThreshold.from_json(found) if isinstance(found, Mapping) else None


def _inputs(model: Model, kept: Mapping[str, object]) -> Mapping[str, str]:
    """The version's own; the declared ones of a version that keeps none."""
    own = kept.get("input_columns")
    return {str(n): str(k) for n, k in own.items()} if isinstance(own, Mapping) else model.inputs


def _made_otherwise(
    model: Model, lake: Lake, window: Sequence[str], kept: Mapping[str, object]
) -> bool:
    """Whether features of the window are known to be made by other code than the version's."""
    own = kept.get("batch_code_sha256")
    made = made_by(lake.table(model.table(names.FEATURES)), window) if own else {}
    return any(digest not in (None, own) for digest in made.values())


def _reference(
    model: Model, lake: Lake, version: int, first: str, inputs: Mapping[str, str]
) -> DomainRows | None:
    """The version's own training rows, or those of the declared stretch before the window."""
    length = model.spec.monitoring.reference
    if isinstance(length, timedelta):
        return _rows(model, lake, model.calendar.before(first, length), inputs)
    return read_sample(lake, model, version, inputs)


def _rows(
    model: Model, lake: Lake, partitions: Sequence[str], inputs: Mapping[str, str]
) -> DomainRows:
    features = lake.table(model.table(names.FEATURES))
    found = sample_rows(features, partitions, list(comparable(inputs)), ROWS_A_SIDE)
    return domain_rows(found, inputs)
