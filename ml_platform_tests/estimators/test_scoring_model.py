"""A row's score is the same 64 bits however it is scored."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ml_platform.core.errors import UserError
from ml_platform.estimators.artifact import load_artifact, save_artifact
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform_tests.estimators.toy_model import Columns, flights

ROWS = 10_000


@pytest.fixture(scope="module")
def model(artifact: Path) -> ScoringModel:
    return load_artifact(artifact)


@pytest.fixture(scope="module")
def nasty() -> Columns:
    return flights(ROWS, seed=5, nasty=True)


def rows_of(columns: Columns, rows: slice) -> Columns:
    return {name: values[rows] for name, values in columns.items()}


def same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.array_equal(one.view(np.int64), other.view(np.int64)))


def test_one_by_one_and_in_batch_agree_bit_for_bit(model: ScoringModel, nasty: Columns) -> None:
    one_by_one = [model.score(rows_of(nasty, slice(i, i + 1))) for i in range(ROWS)]
    assert same_bits(model.score(nasty), np.concatenate(one_by_one))


@pytest.mark.parametrize("size", [7, 64, 1001])
def test_batches_of_any_size_agree_bit_for_bit(
    model: ScoringModel, nasty: Columns, size: int
) -> None:
    parts = [model.score(rows_of(nasty, slice(i, i + size))) for i in range(0, ROWS, size)]
    assert same_bits(model.score(nasty), np.concatenate(parts))


def test_the_model_agrees_with_itself_after_saving_and_loading(
    model: ScoringModel, nasty: Columns, tmp_path: Path
) -> None:
    save_artifact(
        tmp_path,
        model.booster,
        spec_resolved=model.spec["spec"],
        preprocess_name=model.spec["preprocess"],
        feature_names=model.feature_names,
        input_columns=model.input_columns,
        threshold=model.threshold,
    )
    assert same_bits(model.score(nasty), load_artifact(tmp_path).score(nasty))


def test_another_process_gives_the_same_bits(
    model: ScoringModel, nasty: Columns, artifact: Path
) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from ml_platform.estimators.artifact import load_artifact\n"
        "from ml_platform_tests.estimators.toy_model import flights\n"
        f"scores = load_artifact(Path(sys.argv[1])).score(flights({ROWS}, seed=5, nasty=True))\n"
        "sys.stdout.buffer.write(scores.tobytes())"
    )
    made = subprocess.run(
        [sys.executable, "-c", script, str(artifact)], capture_output=True, check=True
    )
    assert same_bits(model.score(nasty), np.frombuffer(made.stdout))


def test_values_parsed_from_json_score_as_the_batch_does(
    model: ScoringModel, nasty: Columns
) -> None:
    batch = rows_of(nasty, slice(0, 500))
    for i, expected in enumerate(model.score(batch)):
        record = {
            "distance": json.loads(json.dumps(float(batch["distance"][i]))),
            "sched_dep_time": None
            if np.isnan(batch["sched_dep_time"][i])
            else int(batch["sched_dep_time"][i]),
            "carrier": batch["carrier"][i],
            "at": None if np.isnat(batch["at"][i]) else str(batch["at"][i]),
        }
        score = model.score({name: [value] for name, value in record.items()})
        assert same_bits(score, np.array([expected]))


def test_scores_of_extremes_are_probabilities(model: ScoringModel, nasty: Columns) -> None:
    scores = model.score(nasty)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()
    assert ((scores > 0) & (scores < 1)).all()


def test_an_empty_batch_has_no_scores(model: ScoringModel) -> None:
    scores = model.score(flights(0))
    assert scores.shape == (0,)
    assert model.decide(scores).shape == (0,)


def test_a_score_at_the_threshold_is_decided_one(model: ScoringModel) -> None:
    below = np.nextafter(model.threshold, 0)
    assert model.decide(np.array([below, model.threshold, 0.9])).tolist() == [0, 1, 1]


def test_an_absent_column_is_named(model: ScoringModel) -> None:
    columns = flights(3)
    del columns["carrier"]
    with pytest.raises(UserError, match="needs the columns carrier; given: distance"):
        model.score(columns)


def test_further_columns_change_nothing(model: ScoringModel) -> None:
    columns = flights(50)
    more = {**columns, "tailnum": np.full(50, "N1", dtype=object)}
    assert same_bits(model.score(columns), model.score(more))
