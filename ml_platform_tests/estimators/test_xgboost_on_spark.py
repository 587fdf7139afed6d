"""The same parameters on Spark give a model as good as the one fitted in this process."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from ml_platform.core.errors import ConfigError
from ml_platform.core.task import REGRESSION
from ml_platform.estimators.xgboost_model import fit
from ml_platform.estimators.xgboost_on_spark import fit_distributed
from ml_platform_tests.estimators.toy_model import PARAMS, training_data
from ml_platform_tests.estimators.toy_preprocess import FEATURES


def training_frame(spark: Any, rows: int) -> Any:
    matrix, label = training_data(rows)
    table = pd.DataFrame(matrix, columns=list(FEATURES)).assign(late=label)
    return spark.createDataFrame(table)


@pytest.mark.slow
def test_the_metrics_agree_with_the_fit_in_this_process(spark: Any) -> None:
    matrix, label = training_data(6000)
    here = fit(matrix, label, PARAMS, FEATURES, seed=3)
    there = fit_distributed(
        training_frame(spark, 6000), "late", PARAMS, FEATURES, seed=3, workers=2
    )
    assert there.feature_names == here.feature_names
    assert there.num_boosted_rounds() == here.num_boosted_rounds() == PARAMS["n_estimators"]
    scores = [np.asarray(booster.inplace_predict(matrix)) for booster in (here, there)]
    aucs = [roc_auc_score(label, each) for each in scores]
    briers = [brier_score_loss(label, each) for each in scores]
    assert abs(aucs[0] - aucs[1]) < 0.01
    assert abs(briers[0] - briers[1]) < 0.002


def test_a_method_of_one_process_is_refused_with_what_to_do(spark: Any) -> None:
    frame = training_frame(spark, 50)
    with pytest.raises(ConfigError, match="exact works in one process only"):
        fit_distributed(frame, "late", {"tree_method": "exact"}, FEATURES)


@pytest.mark.slow
def test_a_regression_fits_on_spark_as_well_as_in_this_process(spark: Any) -> None:
    matrix, _ = training_data(4000)
    amount = 500 + 3 * np.nan_to_num(matrix[:, 0]) + 40 * np.nan_to_num(matrix[:, 1])
    table = pd.DataFrame(matrix, columns=list(FEATURES)).assign(amount=amount)
    here = fit(matrix, amount, PARAMS, FEATURES, seed=3, task=REGRESSION)
    there = fit_distributed(
        spark.createDataFrame(table), "amount", PARAMS, FEATURES, seed=3, workers=2, task=REGRESSION
    )
    errors = [np.abs(b.inplace_predict(matrix) - amount).mean() for b in (here, there)]
    assert errors[1] < 0.1 * amount.std()
    assert errors[1] == pytest.approx(errors[0], rel=0.2)
