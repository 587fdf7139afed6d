from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.inspection import permutation_importance as sklearn_importance

from ml_platform.core.drift.importance import ColumnImportance, importance_shares
from ml_platform.estimators.artifact import load_artifact
from ml_platform.estimators.importance import permutation_importance, rows_to_score
from ml_platform_tests.estimators.toy_model import Columns, flights
from ml_platform_tests.estimators.toy_preprocess import INPUTS


def held_out(rows: int, seed: int = 7) -> tuple[Columns, np.ndarray]:
    """Rows of the toy model's world that it was not fitted on, and their labels."""
    columns = flights(rows, seed)
    late = 0.1 + 0.02 * (columns["sched_dep_time"] // 100) + 0.2 * (columns["carrier"] == "B6")
    return columns, (np.random.default_rng(seed).random(rows) < late).astype(np.int64)


def by_column(found: list[ColumnImportance]) -> dict[str, ColumnImportance]:
    return {each.column: each for each in found}


def test_what_the_label_depends_on_matters_and_what_it_does_not_does_not(artifact: Path) -> None:
    found = permutation_importance(load_artifact(artifact), *held_out(4000))
    shares = importance_shares(found)
    assert set(shares) == set(INPUTS)
    assert shares["sched_dep_time"] + shares["carrier"] > 0.9
    assert min(shares["sched_dep_time"], shares["carrier"]) > 0.15


def test_it_agrees_with_scikit_learn(artifact: Path) -> None:
    model, (columns, label) = load_artifact(artifact), held_out(4000)

    class Scored:
        def fit(self) -> None: ...

        def score(self, matrix: Any, truth: Any) -> float:
            given = {name: matrix[:, i] for i, name in enumerate(INPUTS)}
            at = given["at"].astype("datetime64[us]")
            score = np.clip(model.score(given | {"at": at}), 1e-6, 1 - 1e-6)
            return float(np.mean(np.where(truth == 1, np.log(score), np.log1p(-score))))

    matrix = np.column_stack([columns[name].astype(object) for name in INPUTS])
    theirs = sklearn_importance(Scored(), matrix, label, n_repeats=5, random_state=0)
    ours = by_column(permutation_importance(model, columns, label))
    for name, mean in zip(INPUTS, theirs.importances_mean, strict=True):
        assert abs(ours[name].loss_increase - mean) < 4 * ours[name].standard_error + 1e-9, name


def test_a_column_that_never_varies_has_no_importance_at_all(artifact: Path) -> None:
    columns, label = held_out(500)
    columns["carrier"] = np.full(500, "B6", dtype=object)
    found = by_column(permutation_importance(load_artifact(artifact), columns, label))
    assert (found["carrier"].loss_increase, found["carrier"].standard_error) == (0.0, 0.0)


@pytest.mark.parametrize("rows", [0, 1])
def test_no_rows_or_a_single_one_tell_nothing(artifact: Path, rows: int) -> None:
    found = permutation_importance(load_artifact(artifact), *held_out(rows))
    assert len(found) == (len(INPUTS) if rows else 0)
    assert all(each.loss_increase == each.standard_error == 0 for each in found)


def test_it_is_the_same_each_time_and_leaves_the_rows_as_they_are(artifact: Path) -> None:
    model, (columns, label) = load_artifact(artifact), held_out(300)
    before = {name: values.copy() for name, values in columns.items()}
    assert permutation_importance(model, columns, label) == permutation_importance(
        model, columns, label
    )
    assert all(np.array_equal(before[name], columns[name]) for name in before)


def test_a_wider_model_is_judged_on_fewer_rows() -> None:
    assert rows_to_score(10) > rows_to_score(40) > rows_to_score(500) > 0
