"""A model that predicts a number, saved, loaded, scored and explained."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml_platform.core.drift.importance import importance_shares
from ml_platform.core.task import BINARY_CLASSIFICATION, REGRESSION
from ml_platform.estimators.artifact import load_artifact, save_artifact
from ml_platform.estimators.importance import permutation_importance
from ml_platform.estimators.input_columns import one_form
from ml_platform.estimators.one_split_rule import one_split_scores
from ml_platform.estimators.pyfunc import PyfuncModel
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform.estimators.xgboost_model import fit
from ml_platform_tests.estimators import toy_preprocess
from ml_platform_tests.estimators.toy_model import PARAMS, Columns, flights


def minutes(columns: Columns) -> np.ndarray:
    """How long a flight takes: by its distance, and longer with one of the carriers."""
    noise = np.random.default_rng(3).normal(0, 5, len(columns["distance"]))
    return 30 + columns["distance"] / 8 + 20 * (columns["carrier"] == "B6") + noise


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, columns = tmp_path_factory.mktemp("minutes"), flights(3_000)
    matrix = toy_preprocess.transform(one_form(columns, toy_preprocess.INPUTS))
    save_artifact(
        folder,
        fit(matrix, minutes(columns), PARAMS, toy_preprocess.FEATURES, task=REGRESSION),
        spec_resolved={"name": "minutes", "task": "regression"},
        preprocess_name=toy_preprocess.__name__,
        feature_names=toy_preprocess.FEATURES,
        input_columns=toy_preprocess.INPUTS,
        threshold=None,
    )
    return folder


@pytest.fixture(scope="module")
def model(saved: Path) -> ScoringModel:
    return load_artifact(saved)


def test_the_artifact_says_its_task_and_has_no_threshold(saved: Path, model: ScoringModel) -> None:
    assert json.loads((saved / "spec.json").read_text())["threshold"] is None
    assert (model.task, model.threshold) == (REGRESSION, None)


def test_an_artifact_of_before_there_were_tasks_is_a_classification(artifact: Path) -> None:
    assert "task" not in json.loads((artifact / "spec.json").read_text())["spec"]
    assert load_artifact(artifact).task is BINARY_CLASSIFICATION


def test_a_score_is_the_predicted_number_and_nothing_is_decided(model: ScoringModel) -> None:
    columns = flights(500, seed=9)
    scores = model.score(columns)
    assert np.abs(scores - minutes(columns)).mean() < 15
    assert model.decide(scores) is None
    answer = PyfuncModel(model).predict(pd.DataFrame(columns))
    assert list(answer.columns) == ["score"]


def test_what_the_number_depends_on_matters(model: ScoringModel) -> None:
    columns = flights(2_000, seed=9)
    shares = importance_shares(permutation_importance(model, columns, minutes(columns)))
    assert shares["distance"] > shares["carrier"] > 0.02
    assert shares["distance"] + shares["carrier"] > 0.95


def test_the_one_split_rule_knows_two_numbers(model: ScoringModel) -> None:
    columns = flights(2_000, seed=9)
    found = one_split_scores(model, columns, minutes(columns), flights(300))
    assert len(np.unique(found)) == 2
    assert found.mean() == pytest.approx(minutes(columns).mean(), rel=0.05)
