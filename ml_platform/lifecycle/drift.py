"""Drift: whether the trailing window still looks like what the champion learned from."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from dagster import (
    AssetDep,
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    asset,
)

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.checks.catalogue import of_stage
from ml_platform.core.drift.calibrate import Partition
from ml_platform.core.drift.judge import yardstick
from ml_platform.core.drift.window import WindowDrift, judge_window
from ml_platform.core.drift.window_calibrations import (
    reference_window,
    window_calibrations,
    window_partitions,
)
from ml_platform.core.drift.window_lengths import partitions_looked_at
from ml_platform.core.drift.window_size import longest_window
from ml_platform.core.profile import merge_all
from ml_platform.core.quality_over_time.rhythm import CADENCES
from ml_platform.core.score_profile import score_segment
from ml_platform.core.segmentation import ALL_ROWS
from ml_platform.lifecycle.automation import follow_inputs_except
from ml_platform.lifecycle.check_results import written
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.drift_figure import drift_figure
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform.lifecycle.partition_profiles import partition_profiles
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.reference_profiles import read_reference
from ml_platform.lifecycle.thresholds import read_calibrations
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores.lake import Lake

CHECKS = [check.name for check in of_stage(names.DRIFT)]
_NO_CHAMPION = {"rows": 0, "champion": "none yet"}


def drift_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/drift`` and its checks of columns, unseen values and score."""
    path = model.path(names.DRIFT)
    warn_only = model.spec.monitoring.severity == "WARN"

    @optional_checks
    @asset(
        key=list(path),
        deps=[AssetDep(model.key(names.PROFILES))],
        partitions_def=model.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        automation_condition=follow_inputs_except(),
        description=(
            "Distance of each input and of the score between the champion's reference and the "
            "trailing window, from profiles alone. Grain: one row per window, column and statistic."
        ),
        check_specs=check_specs(path, model.partitions),
        **model.common("numpy"),
    )
    def drift(
        context: AssetExecutionContext, lake: LakeResource, registry: RegistryResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        champion = registry.open().champion(model.name)
        opened = lake.open()
        if champion is None:
            none = dict.fromkeys(partitions, not_evaluated("there is no champion to compare with"))
            yield from written(context, path, _NO_CHAMPION, dict.fromkeys(CHECKS, none))
            return
        found = window_drifts(model, opened, partitions, champion.version)
        rows = [
            row | {"partition": p, "model_version": champion.version}
            for p, window in found.items()
            for row in window.rows(datetime.now(UTC))
        ]
        commit = opened.table(model.table(names.DRIFT)).replace_arrow(_arrow(rows), partitions)
        last = found[partitions[-1]]
        metadata = {
            "reference_against_window": drift_figure(last),
            **{k: v for k, v in last.columns.outcome().numbers.items() if v == v},
            "model_version": champion.version,
            "dagster/partition_row_count": sum(commit.rows.values()),
            "delta_version": commit.version,
        }
        outcomes = {
            check: {p: _outcome(w, check, champion.version) for p, w in found.items()}
            for check in CHECKS
        }
        yield from written(context, path, metadata, outcomes, warn_only)

    return drift


def _outcome(window: WindowDrift, check: str, version: int) -> CheckOutcome:
    """The outcome of one check, with the version that the window is compared with."""
    outcome = window.outcome(check)
    return replace(outcome, numbers={**outcome.numbers, "model_version": version})


def window_drifts(
    model: Model, lake: Lake, partitions: Sequence[str], version: int
) -> dict[str, WindowDrift]:
    """Judge the trailing windows that end with each of some partitions, given in order.

    They are compared with the champion's own training data, by the thresholds stored with it; or,
    with a rolling reference, with the stretch right before each, calibrated on the spot.
    """
    length = model.spec.monitoring.reference
    if isinstance(length, timedelta):
        return _rolling_drifts(model, lake, partitions, version, model.calendar.count(length))
    known = read_calibrations(lake, model, version)
    declared = model.calendar.count(model.spec.monitoring.drift.window)
    span, cadence = window_partitions(known, declared), CADENCES[model.calendar.every]
    looked_at = partitions_looked_at(span, cadence)
    keys, segments = _calendar(model, partitions, looked_at), [ALL_ROWS, score_segment(version)]
    stored = read_reference(lake, model, version)
    parts, reference = partition_profiles(lake, model, keys, segments, stored)
    by = yardstick(reference, known, model.spec.monitoring.drift, span, cadence)
    return {p: judge_window(by, _until(parts, p, looked_at)) for p in partitions}


def _rolling_drifts(
    model: Model, lake: Lake, partitions: Sequence[str], version: int, length: int
) -> dict[str, WindowDrift]:
    """As `window_drifts`, against the `length` partitions right before each window."""
    limits, cadence = model.spec.monitoring.drift, CADENCES[model.calendar.every]
    declared = model.calendar.count(limits.window)
    longest = longest_window(length, declared)
    before = max(partitions_looked_at(longest, cadence), longest + length)
    segments = [ALL_ROWS, score_segment(version)]
    parts, _ = partition_profiles(lake, model, _calendar(model, partitions, before), segments)
    found = {}
    for partition in partitions:
        recent = _until(parts, partition, before)
        size = reference_window(recent[-length:], limits, declared, cadence, {})
        span = size.partitions
        reference = recent[:-span][-length:]
        profiles = [profile for _, own in reference for profile in own.values()]
        known = window_calibrations(reference, limits, size, {})
        by = yardstick(merge_all(profiles), known, limits, span, cadence)
        found[partition] = judge_window(by, recent[-by.looked_at :])
    return found


def _calendar(model: Model, partitions: Sequence[str], before: int) -> list[str]:
    """All keys from the first to the last of some partitions, and so many before them."""
    calendar = model.calendar
    first = calendar.keys_to(partitions[0], before + 1)[0]
    return calendar.keys_between(first, partitions[-1])


def _until(parts: Sequence[Partition], partition: str, count: int) -> Sequence[Partition]:
    """The last `count` partitions up to and including one."""
    end = next(i for i, (key, _) in enumerate(parts, start=1) if key == partition)
    return parts[max(end - count, 0) : end]


_SCHEMA = pa.schema(
    [
        ("window", pa.string()),
        ("segment", pa.string()),
        ("column", pa.string()),
        ("statistic", pa.string()),
        ("span", pa.int64()),
        ("value", pa.float64()),
        ("threshold", pa.float64()),
        ("p_value", pa.float64()),
        ("held", pa.bool_()),
        ("declared", pa.bool_()),
        ("note", pa.string()),
        ("why", pa.string()),
        ("verdict", pa.string()),
        ("rows", pa.int64()),
        ("model_version", pa.int64()),
        ("computed_at", pa.timestamp("us", "UTC")),
        ("partition", pa.string()),
    ]
)


def _arrow(rows: Sequence[dict[str, object]]) -> pa.Table:
    """The rows as the table keeps them: what has no value is null there, not NaN."""
    known = [{k: None if v != v else v for k, v in row.items()} for row in rows]
    return pa.Table.from_pylist(known, schema=_SCHEMA)
