"""Candidate: a model fitted on the training set, registered as challenger, not yet trusted."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    MaterializeResult,
    asset,
)
from dagster_pyspark import LazyPySparkResource
from pyspark.sql import SparkSession

from ml_platform.core import names
from ml_platform.core.model_spec import Maximize
from ml_platform.core.performance.chosen_threshold import (
    MOST_ROWS,
    THRESHOLD_CHOICE,
    ChosenThreshold,
    chosen_threshold,
    folds_of,
)
from ml_platform.estimators.artifact import preprocess_module, save_artifact
from ml_platform.estimators.feature_matrix import feature_matrix
from ml_platform.estimators.input_columns import one_form
from ml_platform.estimators.memory_budget import TrainingPlace, TrainingPlan, plan_training
from ml_platform.estimators.onnx_trees import require_onnx
from ml_platform.estimators.packed_code import pack
from ml_platform.estimators.xgboost_model import fit
from ml_platform.estimators.xgboost_on_spark import fit_distributed
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.monitoring_basis import monitoring_basis
from ml_platform.lifecycle.provenance import as_tags, provenance_of, training_set_of
from ml_platform.lifecycle.serving_basis import serving_basis
from ml_platform.lifecycle.training_rows import LabelledRows, read_split
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.mlflow_tracking import MlflowTracking
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.spark.feature_frame import feature_frame
from ml_platform.stores.lake import LakeTable


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
        if model.spec.serving.engine == "onnx":
            require_onnx()
        opened, session = lake.open(), spark.spark_session
        table = opened.table(model.table(names.TRAINING_SET))
        version = int(training_set_of(context, model)["delta_version"].value)
        provenance = provenance_of(context, model, version)
        params = _params(context, model)
        count = sum(table.row_counts(version).values())
        plan = plan_training(count, len(model.inputs), model.spec.estimator.memory_budget_mb)
        with mlflow.run(context, model=model.name, tags=as_tags(provenance)) as run:
            rows = read_split(model, opened, session, version, "train")
            run.log_params({**params, "place": plan.place.value, "train_rows": len(rows.label)})
            booster = _fit(model, table, session, version, rows, params, plan)
            choice = _choice(model, rows, params)
            threshold = _threshold(model, choice)
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch, "artifact")
                learned = _learned(model, rows)
                holdout = read_split(model, opened, session, version, "holdout")
                basis = monitoring_basis(model, booster, threshold, rows, holdout)
                served = serving_basis(model, booster, threshold, rows, table.schema())
                chosen = {} if choice is None else {THRESHOLD_CHOICE: choice.stored()}
                made_of = provenance | learned | basis.stored() | served | chosen
                _save(model, folder, booster, threshold, made_of)
                tags = as_tags(provenance | learned)
                made = registry.open().register(run, folder, model.inputs, tags)
                basis.keep_sample(opened, model, made.version)
        return MaterializeResult(
            metadata={
                "model_version": made.version,
                "mlflow_run": made.run_id,
                "train_rows": len(rows.label),
                "training_set_version": version,
                "place": plan.place.value,
                **basis.metadata(),
                **({} if choice is None else _of_choice(choice)),
                **{f"param/{name}": value for name, value in params.items()},
            }
        )

    return candidate


def _fit(
    model: Model,
    table: LakeTable,
    spark: SparkSession,
    version: int,
    rows: LabelledRows,
    params: Mapping[str, Any],
    plan: TrainingPlan,
) -> Any:
    module = preprocess_module(model.preprocess_module)
    if plan.place is TrainingPlace.IN_PROCESS:
        return _fit_in_process(model, rows.columns, rows.label, params)
    train = table.read(spark, version=version).where("split = 'train'")

    def transform(columns: Mapping[str, Any]) -> Any:
        return module.transform(one_form(columns, model.inputs))

    frame = feature_frame(train, model.inputs, module.FEATURES, transform)
    workers = int(spark.conf.get("spark.sql.shuffle.partitions", "2"))
    return fit_distributed(
        frame, "label", params, module.FEATURES, workers=workers, task=model.task
    )


def _fit_in_process(
    model: Model, columns: Mapping[str, Any], label: Any, params: Mapping[str, Any]
) -> Any:
    module = preprocess_module(model.preprocess_module)
    # A number beyond float32 becomes an infinity here; `fit` holds it at the edge.
    with np.errstate(over="ignore"):
        return fit(module.transform(columns), label, params, module.FEATURES, task=model.task)


def _choice(model: Model, rows: LabelledRows, params: Mapping[str, Any]) -> ChosenThreshold | None:
    """The best threshold, where one is to be chosen, on scores of models that had not seen the row.

    A model's own training rows look easier than what comes, and a threshold chosen on them is off.
    One stretch of time would do for a large table; of a small one it holds the luck of few rows, so
    each stretch is scored by a model of the others.
    """
    declared = model.spec.decision and model.spec.decision.threshold
    if not isinstance(declared, Maximize):
        return None
    step = -(-len(rows.label) // MOST_ROWS)
    columns = {name: values[::step] for name, values in rows.columns.items()}
    label = rows.label[::step]
    fold, scores = folds_of(len(label)), np.empty(len(label))
    module = preprocess_module(model.preprocess_module)
    for each in np.unique(fold):
        inside = fold == each
        known = {name: values[~inside] for name, values in columns.items()}
        booster = _fit_in_process(model, known, label[~inside], params)
        unseen = {name: values[inside] for name, values in columns.items()}
        with np.errstate(over="ignore"):
            matrix = feature_matrix(module.transform(unseen), len(module.FEATURES))
        scores[inside] = booster.inplace_predict(matrix, validate_features=False)
    return chosen_threshold(label, scores, fold, declared.maximize)


def _threshold(model: Model, choice: ChosenThreshold | None) -> float | None:
    """The declared threshold, or the one that was chosen; None where nothing is decided."""
    if model.spec.decision is None:
        return None
    declared = model.spec.decision.threshold
    return choice.threshold if choice is not None else float(declared)


def _of_choice(choice: ChosenThreshold) -> dict[str, float]:
    return {"threshold": choice.threshold, f"expected_{choice.metric}": choice.expected}


def _save(
    model: Model,
    folder: Path,
    booster: Any,
    threshold: float | None,
    made_of: Mapping[str, Any],
) -> None:
    save_artifact(
        folder,
        booster,
        spec_resolved=model.spec.resolved(),
        preprocess_name=model.preprocess_module,
        feature_names=preprocess_module(model.preprocess_module).FEATURES,
        input_columns=model.inputs,
        threshold=threshold,
        batch_code=model.features_module and pack(model.features_module),
        extra=made_of,
    )


def _learned(model: Model, rows: LabelledRows) -> dict[str, Any]:
    mean = "positive_share" if model.task.decides else "mean_label"
    return {
        "trained_through": max(rows.partitions.tolist()),
        mean: float(rows.label.mean()),
    }


def _params(context: AssetExecutionContext, model: Model) -> dict[str, Any]:
    asked = json.loads(context.run.tags.get(names.TAG_PARAMS, "{}"))
    return {**model.spec.estimator.params, **asked}
