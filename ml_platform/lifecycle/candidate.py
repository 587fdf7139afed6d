"""Candidate: a model fitted on the training set, registered as challenger, not yet trusted."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dagster import AssetExecutionContext, AssetsDefinition, MaterializeResult, asset
from dagster_pyspark import LazyPySparkResource

from ml_platform.core import names
from ml_platform.core.model_spec import Maximize
from ml_platform.core.performance.metrics import best_threshold
from ml_platform.estimators.artifact import load_artifact, preprocess_module, save_artifact
from ml_platform.estimators.memory_budget import TrainingPlace, TrainingPlan, plan_training
from ml_platform.estimators.xgboost_model import fit
from ml_platform.estimators.xgboost_on_spark import fit_distributed
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.training_rows import LabelledRows, read_split
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.mlflow_tracking import MlflowTracking
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.spark.feature_frame import feature_frame
from ml_platform.stores.code_revision import code_revision
from ml_platform.stores.lake import Lake


def candidate_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/candidate``."""

    @asset(
        key=list(model.path(names.CANDIDATE)),
        deps=[model.key(names.TRAINING_SET)],
        description=(
            f"A {model.spec.estimator.kind} model fitted on the training set, logged to MLflow "
            "with its data versions, code revision, run and cause, and registered under the alias "
            "`challenger`. In process while the rows fit "
            f"{model.spec.estimator.memory_budget_mb} MB, on Spark beyond."
        ),
        **(model.common("xgboost", "mlflow") | {"kinds": {"xgboost", "mlflow"}}),
    )
    def candidate(
        context: AssetExecutionContext,
        lake: LakeResource,
        mlflow: MlflowTracking,
        registry: RegistryResource,
        spark: LazyPySparkResource,
    ) -> MaterializeResult:
        opened = lake.open()
        version = opened.table(model.table(names.TRAINING_SET)).version()
        assert version is not None  # the training set is upstream and blocking
        provenance = _provenance(context, model, opened, version)
        params = _params(context, model)
        with mlflow.run(context, model=model.name, tags=_tags(provenance)) as run:
            rows = read_split(model, opened, version, "train")
            plan = plan_training(
                len(rows.label), len(model.inputs), model.spec.estimator.memory_budget_mb
            )
            run.log_params({**params, "place": plan.place.value, "train_rows": len(rows.label)})
            booster = _fit(model, opened, spark, version, rows, params, plan)
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch, "artifact")
                _save(model, folder, booster, rows, provenance)
                made = registry.open().register(run, folder, model.inputs, _tags(provenance))
        return MaterializeResult(
            metadata={
                "model_version": made.version,
                "mlflow_run": made.run_id,
                "train_rows": len(rows.label),
                "training_set_version": version,
                "place": plan.place.value,
                **{f"param/{name}": value for name, value in params.items()},
            }
        )

    return candidate


def _fit(
    model: Model,
    lake: Lake,
    spark: LazyPySparkResource,
    version: int,
    rows: LabelledRows,
    params: Mapping[str, Any],
    plan: TrainingPlan,
) -> Any:
    module = preprocess_module(model.preprocess_module)
    if plan.place is TrainingPlace.IN_PROCESS:
        return fit(module.transform(rows.columns), rows.label, params, module.FEATURES)
    train = (
        lake.table(model.table(names.TRAINING_SET))
        .read(spark.spark_session, version=version)
        .where("split = 'train'")
    )
    frame = feature_frame(train, model.inputs, module.FEATURES, module.transform)
    return fit_distributed(frame, "label", params, module.FEATURES)


def _save(
    model: Model,
    folder: Path,
    booster: Any,
    rows: LabelledRows,
    provenance: Mapping[str, Any],
) -> None:
    """Write the artifact with its threshold, which is chosen on the rows learned from."""

    def write(threshold: float) -> None:
        save_artifact(
            folder,
            booster,
            spec_resolved=model.spec.resolved(),
            preprocess_name=model.preprocess_module,
            feature_names=preprocess_module(model.preprocess_module).FEATURES,
            input_columns=model.inputs,
            threshold=threshold,
            extra=provenance
            | {
                "trained_through": max(rows.partitions.tolist()),
                "positive_share": float(rows.label.mean()),
            },
        )

    declared = model.spec.decision.threshold
    if not isinstance(declared, Maximize):
        return write(declared)
    write(0.5)
    scores = load_artifact(folder).score(rows.columns)
    return write(best_threshold(rows.label, scores, declared.maximize))


def _params(context: AssetExecutionContext, model: Model) -> dict[str, Any]:
    asked = json.loads(context.run.tags.get(names.TAG_PARAMS, "{}"))
    return {**model.spec.estimator.params, **asked}


def _provenance(
    context: AssetExecutionContext, model: Model, lake: Lake, version: int
) -> dict[str, Any]:
    """What the version is made of: enough to make it again."""
    sources = model.spec.sources
    tables = [names.table_of(names.validated(t)) for t in (sources.primary, *sources.lookups)]
    tables += [names.table_of(names.validated(sources.labels))]
    tables += [model.table(names.FEATURES), model.table(names.LABELS)]
    event = context.instance.get_latest_materialization_event(model.key(names.TRAINING_SET))
    digest = event.asset_materialization.metadata["digest"].value if event else None
    return {
        "training_set_version": version,
        "training_set_digest": digest,
        "data_versions": {name: lake.table(name).version() for name in tables},
        "code_revision": code_revision(),
        "dagster_run_id": context.run_id,
        "decision": context.run.tags.get(names.TAG_DECISION, "by hand"),
        "cause": context.run.tags.get(names.TAG_CAUSE, "by hand"),
        "as_of": context.run.tags.get(names.TAG_AS_OF, ""),
    }


def _tags(provenance: Mapping[str, Any]) -> dict[str, str]:
    return {name: v if isinstance(v, str) else json.dumps(v) for name, v in provenance.items()}
