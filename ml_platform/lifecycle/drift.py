"""Drift: whether the trailing window still looks like what the champion learned from."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from dagster import (
    AssetCheckSpec,
    AssetDep,
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    MaterializeResult,
    asset,
)

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.drift.window import WindowDrift, judge_window
from ml_platform.core.profile import ColumnProfile, merge_all
from ml_platform.core.score_profile import score_segment
from ml_platform.lifecycle.automation import follow_inputs_except
from ml_platform.lifecycle.check_results import check_result
from ml_platform.lifecycle.drift_figure import drift_figure
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partitioning import history_of, partitions_of_run, window_of
from ml_platform.lifecycle.profile_table import read_profiles
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores.lake import Lake

CHECKS = {
    names.COLUMN_DRIFT: "The inputs of the trailing window look like the reference's.",
    names.UNSEEN_VALUES: "The inputs hold few values that the reference never had.",
    names.SCORE_DRIFT: "The champion's scores look like those on its hold-out.",
}


def drift_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/drift`` and its checks of columns, unseen values and score."""
    path = model.path(names.DRIFT)
    warn_only = model.spec.monitoring.severity == "WARN"

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
        check_specs=[
            AssetCheckSpec(
                check,
                asset=model.key(names.DRIFT),
                partitions_def=model.partitions,
                description=description,
            )
            for check, description in CHECKS.items()
        ],
        **model.common("numpy"),
    )
    def drift(
        context: AssetExecutionContext, lake: LakeResource, registry: RegistryResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        champion = registry.open().champion(model.name)
        opened = lake.open()
        if champion is None:
            yield MaterializeResult(metadata={"rows": 0, "champion": "none yet"})
            none = not_evaluated("there is no champion to compare with")
            for check in CHECKS:
                yield check_result(context, path, check, dict.fromkeys(partitions, none))
            return
        found = {p: window_drift(model, opened, p, champion.version) for p in partitions}
        rows = [
            row | {"partition": p, "model_version": champion.version}
            for p, window in found.items()
            for row in window.rows(datetime.now(UTC))
        ]
        commit = opened.table(model.table(names.DRIFT)).replace_arrow(_arrow(rows), partitions)
        last = found[partitions[-1]]
        yield MaterializeResult(
            metadata={
                "dagster/partition_row_count": sum(commit.rows.values()),
                "delta_version": commit.version,
                "model_version": champion.version,
                "reference_against_window": drift_figure(last),
                **{k: v for k, v in last.columns.outcome().numbers.items() if v == v},
            }
        )
        for check in CHECKS:
            outcomes = {p: _outcome(w, check, champion.version) for p, w in found.items()}
            yield check_result(context, path, check, outcomes, warn_only)

    return drift


def _outcome(window: WindowDrift, check: str, version: int) -> CheckOutcome:
    """The outcome of one check, with the version that the window is compared with."""
    outcome = window.outcome(check)
    return replace(outcome, numbers={**outcome.numbers, "model_version": version})


def read_reference(lake: Lake, model: Model, version: int) -> list[ColumnProfile]:
    """The profiles, one per input and one of the score, that a version is compared with."""
    table = lake.table(model.table(names.REFERENCE))
    rows = table.read_arrow().to_pylist()
    return [ColumnProfile.from_row(row) for row in rows if row["model_version"] == version]


def window_drift(model: Model, lake: Lake, partition: str, version: int) -> WindowDrift:
    """Judge the trailing window that ends with a partition."""
    limits = model.spec.monitoring.drift
    window = window_of(model.partitions, partition, limits.window)
    return judge_window(
        reference_of(model, lake, version, window[0]),
        merge_all(read_profiles(lake, model, window, "")),
        merge_all(read_profiles(lake, model, window, score_segment(version))),
        limits,
    )


def reference_of(model: Model, lake: Lake, version: int, first: str) -> list[ColumnProfile]:
    """What a window that begins with ``first`` is compared with.

    The champion's own training data, or the stretch of declared length right before the window.
    """
    length = model.spec.monitoring.reference
    if not isinstance(length, timedelta):
        return read_reference(lake, model, version)
    before = history_of(model.partitions, first, length)
    inputs = read_profiles(lake, model, before, "")
    return merge_all([*inputs, *read_profiles(lake, model, before, score_segment(version))])


_SCHEMA = pa.schema(
    [
        ("window", pa.string()),
        ("segment", pa.string()),
        ("column", pa.string()),
        ("statistic", pa.string()),
        ("value", pa.float64()),
        ("threshold", pa.float64()),
        ("verdict", pa.string()),
        ("rows", pa.int64()),
        ("model_version", pa.int64()),
        ("computed_at", pa.timestamp("us", "UTC")),
        ("partition", pa.string()),
    ]
)


def _arrow(rows: Sequence[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=_SCHEMA)
