"""Evaluation: the candidate on the hold-out, beside champion, best constant and a trivial rule.

Its blocking checks are the gate: what one of them refuses never becomes champion.
"""

from collections.abc import Iterator
from dataclasses import replace

import pyarrow.compute as pc
from dagster import (
    AssetCheckSpec,
    AssetExecutionContext,
    AssetsDefinition,
    MaterializeResult,
    asset,
)
from dagster_pyspark import LazyPySparkResource
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.checks.catalogue import CONDITION
from ml_platform.core.extreme_rows import extreme_rows
from ml_platform.core.gate_check import GateCheck
from ml_platform.core.gate_evidence import GateEvidence
from ml_platform.core.gate_measurement import Contender, constant_score, measure_candidate
from ml_platform.core.ledger import EntryKind
from ml_platform.core.model_spec import Maximize
from ml_platform.core.performance.bootstrap import bootstrap_intervals
from ml_platform.core.performance.chosen_threshold import (
    THRESHOLD_CHOICE,
    ChosenThreshold,
    threshold_outcome,
)
from ml_platform.core.promotion import GateReport, judge_candidate
from ml_platform.core.verdict import Verdict
from ml_platform.estimators.artifact import load_artifact
from ml_platform.estimators.one_split_rule import one_split_scores
from ml_platform.lifecycle.challenger import challenger_of, verdict_tags
from ml_platform.lifecycle.check_results import single_result, whole_results
from ml_platform.lifecycle.check_specs import check_spec, check_specs
from ml_platform.lifecycle.endpoint_replay import replay
from ml_platform.lifecycle.estimator_table import fit_kept, write_estimator
from ml_platform.lifecycle.evaluation_figures import evaluation_pictures
from ml_platform.lifecycle.evaluation_table import evaluation_rows, holdout_by_segment
from ml_platform.lifecycle.feature_definition import (
    declared_definition,
    made_anew,
    own_definition,
)
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform.lifecycle.picture import picture
from ml_platform.lifecycle.record import record
from ml_platform.lifecycle.training_rows import Beside, LabelledRows, read_split
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores.lake import Lake
from ml_platform.stores.registered_version import RegisteredVersion


def evaluation_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/evaluation`` with one blocking check per condition of the gate."""
    path = model.path(names.EVALUATION)

    @optional_checks
    @asset(
        key=list(path),
        deps=[model.key(names.CANDIDATE), model.key(names.REFERENCE)],
        description=(
            "Metrics of the candidate on the most recent matured days, with bootstrap confidence "
            "intervals, beside the champion, the best constant and a one-split rule on the same "
            "rows. Grain: one row per model version, contender and metric."
        ),
        check_specs=_specs(model),
        **(model.common("numpy")),
    )
    def evaluation(
        context: AssetExecutionContext,
        lake: LakeResource,
        registry: RegistryResource,
        spark: LazyPySparkResource,
    ) -> Iterator[object]:
        opened, versions = lake.open(), registry.open()
        challenger, champion = (
            challenger_of(context, versions, model.name),
            versions.champion(model.name),
        )
        version = int(challenger.tags["training_set_version"])
        session = spark.spark_session
        train = read_split(model, opened, session, version, "train")
        beside = champions_own(model, opened, session, version, champion)
        holdout = read_split(model, opened, session, version, "holdout", beside)
        scored = load_artifact(challenger.path, challenger.manifest_sha256)
        own = Contender(scored.score(holdout.columns), scored.threshold)
        intervals = bootstrap_intervals(holdout.label, own.score, own.threshold)
        measured = gather_evidence(model, champion, challenger, train, holdout, own)
        parity = replay(model, challenger, train.columns, spark.spark_session)
        evidence = replace(measured, parity=parity)
        report = judge_candidate(evidence, model.spec.promotion)
        once = (f"{model.name}/evaluation/{challenger.version}", 1)
        segments = holdout_by_segment(model, holdout, own)
        rows = evaluation_rows(
            challenger.version, model.spec.promotion.metric, evidence, intervals, holdout, segments
        )
        opened.table(model.table(names.EVALUATION)).append_arrow(rows, app=once)
        kept = fit_kept(scored, own.score, train, holdout)
        write_estimator(opened, model, challenger.version, kept)
        figures = evaluation_pictures(holdout.label, own.score, own.threshold)
        run = versions.run_of(challenger)
        run.log_metrics(
            {f"holdout_{k}": v.value for k, v in intervals.items()}
            | {
                f"holdout_{k}_{end}": getattr(v, end)
                for k, v in intervals.items()
                for end in ("low", "high")
            }
        )
        run.log_figures(figures)
        versions.tag(model.name, challenger.version, verdict_tags(report.passed, champion))
        if not report.passed:
            versions.refuse(model.name, challenger.version, report.reason)
            _record_refusal(context, model, opened, challenger.version, report)
        yield MaterializeResult(
            metadata={
                **{name: picture(png) for name, png in figures.items()},
                **{k: v.value for k, v in intervals.items() if v.value == v.value},
                "holdout_rows": len(holdout.label),
                "model_version": challenger.version,
            }
        )
        for check in report.checks:
            yield single_result(path, check_name(check.name), _outcome(check))
        if _chooses_threshold(model):
            chosen = ChosenThreshold.read(scored.spec.get(THRESHOLD_CHOICE))
            outcome = threshold_outcome(chosen, intervals, float(holdout.label.mean()))
            yield from whole_results(path, names.THRESHOLD_HOLDS, outcome, warn_only=True)

    return evaluation


def champions_own(
    model: Model,
    lake: Lake,
    spark: SparkSession,
    version: int,
    champion: RegisteredVersion | None,
) -> Beside | None:
    """The champion's inputs of the hold-out, made by its own code.

    None where that is the declared code, or the champion keeps none: then they are among the
    candidate's.
    """
    own = own_definition(champion) if champion else None
    if champion is None or own is None or own.digest == declared_definition(model).digest:
        return None
    inputs = load_artifact(champion.path, champion.manifest_sha256).input_columns
    table = lake.table(model.table(names.TRAINING_SET))
    rows = table.read_arrow(version=version, columns=["split", "source_partition"])
    held_out = rows.filter(pc.equal(rows["split"], "holdout"))["source_partition"]
    frame = made_anew(own, model, lake, spark, held_out.unique().to_pylist())
    return Beside(frame.select(*model.spec.key, F.struct(*inputs).alias("own")), inputs)


def _chooses_threshold(model: Model) -> bool:
    decision = model.spec.decision
    return decision is not None and isinstance(decision.threshold, Maximize)


def _specs(model: Model) -> list[AssetCheckSpec]:
    """The conditions of the declared gate, which do not depend on evidence, and the threshold's.

    The gate compares the candidate with others: all of them may decide badly.
    """
    path = model.path(names.EVALUATION)
    nothing = GateEvidence(candidate={}, champion=None, base_rate={})
    conditions = judge_candidate(nothing, model.spec.promotion).checks
    without = [] if _chooses_threshold(model) else [names.THRESHOLD_HOLDS]
    return [
        *(check_spec(replace(CONDITION, name=check_name(c.name)), path) for c in conditions),
        *check_specs(path, without=without),
    ]


def check_name(of_gate: str) -> str:
    """A name that Dagster takes.

    >>> check_name("floor.roc_auc")
    'floor_roc_auc'
    """
    return of_gate.replace(".", "_")


def gather_evidence(
    model: Model,
    champion: RegisteredVersion | None,
    challenger: RegisteredVersion,
    train: LabelledRows,
    holdout: LabelledRows,
    own: Contender,
) -> GateEvidence:
    """Score the hold-out with every rival, and the extreme rows with the candidate."""
    candidate = load_artifact(challenger.path, challenger.manifest_sha256)
    rule = Contender(
        one_split_scores(candidate, train.columns, train.label, holdout.columns),
        0.5 if model.task.decides else None,
    )
    return measure_candidate(
        holdout.label,
        holdout.segments,
        own,
        _contender(champion, holdout) if champion else None,
        rule,
        constant_score(train.label, model.spec.promotion.metric),
        candidate.score(extreme_rows(model.inputs)),
        model.spec.promotion,
    )


def _contender(version: RegisteredVersion, rows: LabelledRows) -> Contender:
    loaded = load_artifact(version.path, version.manifest_sha256)
    columns = rows.columns if rows.beside is None else rows.beside
    return Contender(loaded.score(columns), loaded.threshold)


def _outcome(check: GateCheck) -> CheckOutcome:
    """A condition that does not apply (no champion yet) counts as met, and says so."""
    verdict = Verdict.PASSED if check.opens else check.verdict
    if verdict is Verdict.NOT_EVALUATED:
        verdict = Verdict.FAILED
    numbers = {"value": check.value, "threshold": check.threshold}
    return CheckOutcome(verdict, check.reason, {k: v for k, v in numbers.items() if v is not None})


def _record_refusal(
    context: AssetExecutionContext, model: Model, lake: Lake, version: int, report: GateReport
) -> None:
    record(
        context,
        lake,
        model.name,
        kind=EntryKind.REFUSAL,
        verdict="refused",
        reason=report.reason,
        model_version=version,
        evidence={check.name: check.reason for check in report.checks},
    )
