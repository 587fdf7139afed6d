"""The short way to XGBoost gives the bits of the long one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from xgboost import Booster
from xgboost.core import XGBoostError

from ml_platform.estimators.artifact import load_artifact
from ml_platform.estimators.dense_prediction import predict_dense
from ml_platform_tests.estimators.toy_model import flights, saved_artifact
from ml_platform_tests.estimators.toy_preprocess import FEATURES


@pytest.fixture(scope="module")
def booster(tmp_path_factory: pytest.TempPathFactory) -> Booster:
    folder = tmp_path_factory.mktemp("dense")
    saved_artifact(folder)
    return load_artifact(folder).booster


@pytest.fixture(scope="module")
def matrix(booster: Booster, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    folder = tmp_path_factory.mktemp("matrix")
    saved_artifact(folder)
    return load_artifact(folder).features(flights(5000, seed=3, nasty=True))


@pytest.mark.parametrize("rows", [1, 2, 7, 64, 5000])
def test_every_score_is_that_of_inplace_predict(
    booster: Booster, matrix: np.ndarray, rows: int
) -> None:
    expected = booster.inplace_predict(matrix[:rows], validate_features=False)
    found = predict_dense(booster, matrix[:rows])
    assert found.dtype == expected.dtype
    assert found.tobytes() == expected.tobytes()


def test_scores_stay_as_they_were_when_others_are_asked_for(
    booster: Booster, matrix: np.ndarray
) -> None:
    first = predict_dense(booster, matrix[:10])
    kept = first.copy()
    predict_dense(booster, matrix[10:20])
    assert first.tobytes() == kept.tobytes()


def test_threads_do_not_get_each_others_scores(booster: Booster, matrix: np.ndarray) -> None:
    parts = [matrix[start : start + 50] for start in range(0, 5000, 50)]
    expected = [predict_dense(booster, part).tobytes() for part in parts]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda part: predict_dense(booster, part).tobytes(), parts * 5))
    assert found == expected * 5


def test_a_matrix_of_other_features_is_refused(booster: Booster) -> None:
    wide = np.zeros((3, len(FEATURES) + 1), dtype=np.float32)
    with pytest.raises(XGBoostError, match=r"[Nn]umber of columns"):
        predict_dense(booster, wide)


def test_a_model_that_was_saved_anew_scores_the_same(
    booster: Booster, matrix: np.ndarray, tmp_path: Path
) -> None:
    booster.save_model(tmp_path / "model.ubj")
    again = Booster(model_file=tmp_path / "model.ubj")
    assert predict_dense(again, matrix).tobytes() == predict_dense(booster, matrix).tobytes()
