"""Verdict: what is the matter with a model on a partition, and what it calls for, in one line."""

from collections.abc import Iterator, Sequence
from functools import partial

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    AssetSelection,
    AutomationCondition,
    BackfillPolicy,
    asset,
)

from ml_platform.core import names
from ml_platform.core.partition_verdict import judge_partition
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.check_results import written
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.drift_findings import DriftFindings, drift_findings
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.policy_facts import RunFindings, gather_facts
from ml_platform.lifecycle.verdict_figure import verdict_figure
from ml_platform.lifecycle.verdict_table import Judged, told_by, verdict_metadata, verdict_rows
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger
from ml_platform.stores.model_registry import ModelRegistry

DEPENDS_ON = (names.DRIFT, names.ESTIMATED_PERFORMANCE, names.PERFORMANCE)
"""The stages whose checks a verdict is made from, besides those of the sources."""


def verdict_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/verdict`` and its checks: rows as a whole, and the verdict itself."""
    path = model.path(names.VERDICT)

    @optional_checks
    @asset(
        key=list(path),
        deps=[model.key(stage) for stage in DEPENDS_ON],
        partitions_def=model.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        automation_condition=_without_waiting_for_labels(model),
        description=(
            "Cause and action that the checks of a partition call for together, before patience, "
            "cooldown and budget, with the drifted columns ranked by importance and effect; "
            "restated when labels mature. Grain: one row per partition."
        ),
        check_specs=check_specs(path, model.partitions),
        **model.common("xgboost"),
    )
    def verdict(
        context: AssetExecutionContext, lake: LakeResource, registry: RegistryResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        opened, versions = lake.open(), registry.open()
        found = drift_findings(model, opened, versions, partitions)
        judged = _judge(model, context, opened, versions, found)
        drawn = verdict_figure(model, opened, found[-1])
        table = opened.table(model.table(names.VERDICT))
        commit = table.replace_arrow(verdict_rows(judged), partitions)
        metadata = {
            **verdict_metadata(judged[-1], drawn),
            "dagster/partition_row_count": sum(commit.rows.values()),
            "delta_version": commit.version,
        }
        outcomes = {
            names.MULTIVARIATE_DRIFT: {each.partition: each.multivariate for each in found},
            names.VERDICT: {each.partition: each.outcome() for each in judged},
        }
        yield from written(context, path, metadata, outcomes)

    return verdict


def _without_waiting_for_labels(model: Model) -> AutomationCondition:
    """Follow drift and performance, and do not wait for performance, whose labels come late."""
    late = AssetSelection.assets(model.key(names.PERFORMANCE))
    not_late = AutomationCondition.any_deps_missing().ignore(late)
    return FOLLOW_INPUTS.replace("any_deps_missing", not_late)


def _judge(
    model: Model,
    context: AssetExecutionContext,
    lake: Lake,
    registry: ModelRegistry,
    found: Sequence[DriftFindings],
) -> list[Judged]:
    """The verdict on each partition of the run, by all that is known by now."""
    past = Ledger(lake).lines(model.name)
    own = RunFindings(context.run.run_id, found[0].partition, partial(told_by, found))
    facts = gather_facts(model, context.instance, lake, registry, past, own)
    assert facts is not None, "what the run has found itself is a fact"
    return [
        Judged(each, judge_partition(model.spec.retraining, facts, each.partition, past))
        for each in found
    ]
