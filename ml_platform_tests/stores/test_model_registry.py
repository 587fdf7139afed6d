"""Versions, roles and runs, against a real MLflow database."""

import shutil
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml_platform.core.errors import StoreError, UserError
from ml_platform.estimators.artifact import load_artifact
from ml_platform.stores.model_registry import CHALLENGER, PREVIOUS, ModelRegistry
from ml_platform.stores.registered_version import RegisteredVersion
from ml_platform.stores.registry_connection import RegistryUnreachable
from ml_platform_tests.estimators.toy_model import flights, saved_artifact
from ml_platform_tests.estimators.toy_preprocess import INPUTS

MODEL = "flight_delay"


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "artifact"
    saved_artifact(folder)
    return folder


@pytest.fixture
def uri(empty_registry: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(empty_registry, tmp_path)}"


@pytest.fixture
def registry(uri: str, tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(uri, tmp_path / "artifacts")


def registered(registry: ModelRegistry, artifact: Path) -> RegisteredVersion:
    with registry.training_run(MODEL) as run:
        return registry.register(run, artifact, INPUTS, {"cause": "drift"})


def statuses(uri: str) -> list[str]:
    with sqlite3.connect(uri.removeprefix("sqlite:///")) as database:
        return [row[0] for row in database.execute("select status from runs order by start_time")]


def test_an_empty_registry_has_no_champion_and_no_versions(registry: ModelRegistry) -> None:
    assert registry.champion(MODEL) is None
    assert registry.versions(MODEL) == []


def test_a_registered_version_is_the_challenger_and_knows_its_run(
    registry: ModelRegistry, artifact: Path
) -> None:
    made = registered(registry, artifact)
    assert (made.version, made.aliases) == (1, (CHALLENGER,))
    assert made.tags["cause"] == "drift"
    assert made == registry.by_alias(MODEL, CHALLENGER) == registry.versions(MODEL)[0]
    assert registry.run_of(made).run_id == made.run_id
    assert registry.champion(MODEL) is None


def test_the_artifact_is_read_in_place_and_guarded_by_the_recorded_digest(
    registry: ModelRegistry, artifact: Path, tmp_path: Path
) -> None:
    made = registered(registry, artifact)
    assert made.path.is_relative_to(tmp_path / "artifacts")
    scores = load_artifact(made.path, made.manifest_sha256).score(flights(100))
    assert np.array_equal(scores, load_artifact(artifact).score(flights(100)))
    assert list(made.path.parent.rglob("*.pkl")) == []


def test_promotion_moves_the_roles_and_promoting_the_previous_moves_them_back(
    registry: ModelRegistry, artifact: Path
) -> None:
    for _ in range(3):
        made = registered(registry, artifact)
        registry.promote(MODEL, made.version)
    roles = {each.version: each.aliases for each in registry.versions(MODEL)}
    assert roles == {1: (), 2: (PREVIOUS,), 3: ("champion",)}
    assert registry.promote(MODEL, registry.previous(MODEL).version).version == 2
    assert registry.by_alias(MODEL, PREVIOUS).version == 3  # type: ignore[union-attr]
    assert registry.promote(MODEL, 1).aliases == ("champion",)
    assert registry.champion(MODEL).version == 1  # type: ignore[union-attr]


def test_promoting_the_champion_again_changes_nothing(
    registry: ModelRegistry, artifact: Path
) -> None:
    for _ in range(2):
        registry.promote(MODEL, registered(registry, artifact).version)
    before = registry.versions(MODEL)
    registry.promote(MODEL, 2)
    assert registry.versions(MODEL) == before


def test_a_refused_candidate_keeps_the_reason_and_loses_its_role(
    registry: ModelRegistry, artifact: Path
) -> None:
    refused = registry.refuse(MODEL, registered(registry, artifact).version, "worse recall")
    assert refused.tags["refused"] == "worse recall"
    assert refused.aliases == ()
    assert registry.champion(MODEL) is None


def test_refusing_an_older_candidate_leaves_the_challenger_alone(
    registry: ModelRegistry, artifact: Path
) -> None:
    older, newer = registered(registry, artifact), registered(registry, artifact)
    registry.refuse(MODEL, older.version, "late")
    assert registry.by_alias(MODEL, CHALLENGER).version == newer.version  # type: ignore[union-attr]


@pytest.mark.parametrize("action", ["version", "promote"])
def test_an_unknown_version_lists_those_there_are(
    registry: ModelRegistry, artifact: Path, action: str
) -> None:
    registered(registry, artifact)
    registered(registry, artifact)
    with pytest.raises(UserError, match=r'"flight_delay" has no version 9; .* exist: 1, 2'):
        getattr(registry, action)(MODEL, 9)


def test_an_unknown_model_has_no_versions_to_list(registry: ModelRegistry) -> None:
    with pytest.raises(UserError, match='"other" has no version 1; it has no versions yet'):
        registry.promote("other", 1)


def test_asking_for_a_previous_champion_where_there_is_none_says_so(
    registry: ModelRegistry, artifact: Path
) -> None:
    registry.promote(MODEL, registered(registry, artifact).version)
    with pytest.raises(UserError, match=r"no previous champion to go back to; .* exist: 1"):
        registry.previous(MODEL)


def test_everything_recorded_in_a_run_can_be_read_back(registry: ModelRegistry) -> None:
    with registry.training_run(MODEL, {"git": "abc"}) as run:
        run.log_params({f"p{i}": i for i in range(250)})
        run.log_metrics({"brier": 0.17, "undefined": float("nan")})
        run.log_tags({"cause": "drift"})
        run.log_figures({"calibration": b"png"})
    found = run.client.get_run(run.run_id)
    assert found.info.status == "FINISHED"
    assert len(found.data.params) == 250
    assert found.data.metrics == {"brier": 0.17}
    assert (found.data.tags["git"], found.data.tags["cause"]) == ("abc", "drift")
    files = run.client.list_artifacts(run.run_id, "figures")
    assert [file.path for file in files] == ["figures/calibration.png"]


def test_an_evaluation_adds_to_a_finished_run_and_leaves_it_finished(
    registry: ModelRegistry, artifact: Path, uri: str
) -> None:
    registry.run_of(registered(registry, artifact)).log_metrics({"recall": 0.5})
    assert statuses(uri) == ["FINISHED"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_run_that_is_left_by_an_exception_ends_failed(
    registry: ModelRegistry, uri: str, error: type[BaseException]
) -> None:
    with pytest.raises(error), registry.training_run(MODEL):
        raise error
    assert statuses(uri) == ["FAILED"]


def test_a_run_whose_process_was_killed_is_ended_by_the_next(
    registry: ModelRegistry, uri: str
) -> None:
    # Entered and never left, as when the process is gone.
    left_open = registry.training_run(MODEL, {"dagster_run_id": "killed"})
    killed = left_open.__enter__()
    assert statuses(uri) == ["RUNNING"]
    with registry.training_run(MODEL, {"dagster_run_id": "next"}) as run:
        assert run.run_id != killed.run_id
    assert statuses(uri) == ["FAILED", "FINISHED"]


def test_one_dagster_run_has_one_run_per_model_however_often_it_tries(
    registry: ModelRegistry, uri: str
) -> None:
    with (
        pytest.raises(RuntimeError),
        registry.training_run(MODEL, {"dagster_run_id": "a"}) as first,
    ):
        raise RuntimeError
    with registry.training_run(MODEL, {"dagster_run_id": "a"}) as second:
        assert second.run_id == first.run_id
    with registry.training_run("other", {"dagster_run_id": "a"}) as other:
        assert other.run_id != first.run_id
    assert statuses(uri) == ["FINISHED", "FINISHED"]


def test_a_registry_lost_in_training_does_not_hide_the_training_error(
    registry: ModelRegistry, uri: str
) -> None:
    file = Path(uri.removeprefix("sqlite:///"))

    def train() -> None:
        with registry.training_run(MODEL):
            file.write_bytes(b"no database at all" * 1000)
            raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory") as failed:
        train()
    assert "could not be ended" in failed.value.__notes__[0]


def test_two_registries_in_one_process_do_not_meet(
    registry: ModelRegistry, empty_registry: Path, artifact: Path, tmp_path: Path
) -> None:
    file = shutil.copy(empty_registry, tmp_path / "other.db")
    other = ModelRegistry(f"sqlite:///{file}", tmp_path / "other")
    with registry.training_run(MODEL) as one, other.training_run(MODEL) as two:
        made = other.register(two, artifact, INPUTS)
        registry.register(one, artifact, INPUTS)
    assert made.path.is_relative_to(tmp_path / "other")
    assert [len(each.versions(MODEL)) for each in (registry, other)] == [1, 1]


def test_mlflow_itself_loads_a_version_and_gives_the_same_scores(
    registry: ModelRegistry, artifact: Path
) -> None:
    import mlflow

    made = registered(registry, artifact)
    columns = {**flights(500), "sched_dep_time": flights(500)["sched_dep_time"].astype(float)}
    loaded = mlflow.pyfunc.load_model(made.source)
    answer = loaded.predict(pd.DataFrame(columns, index=range(7, 507)))
    model = load_artifact(artifact)
    assert np.array_equal(answer["score"], model.score(columns))
    assert np.array_equal(answer["decision"], model.decide(model.score(columns)))
    assert answer.index[0] == 7
    assert loaded.metadata.signature.inputs.input_names() == list(INPUTS)


@pytest.fixture
def silent_server() -> Iterator[int]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def refusal(uri: str, tmp_path: Path) -> str:
    with pytest.raises(RegistryUnreachable) as refused:
        ModelRegistry(uri, tmp_path).champion(MODEL)
    return str(refused.value)


def test_a_server_that_is_down_is_said_at_once(closed_port: int, tmp_path: Path) -> None:
    message = refusal(f"http://127.0.0.1:{closed_port}", tmp_path)
    assert "cannot be reached or written: " in message
    assert "Check MLFLOW_TRACKING_URI" in message


def test_a_server_that_never_answers_is_given_up_in_seconds(
    silent_server: int, tmp_path: Path
) -> None:
    assert "timed out" in refusal(f"http://127.0.0.1:{silent_server}", tmp_path)


def test_a_database_server_that_is_down_is_said_without_its_password(
    closed_port: int, tmp_path: Path
) -> None:
    uri = f"postgresql+psycopg2://me:secret@127.0.0.1:{closed_port}/mlflow"
    message = refusal(uri, tmp_path)
    assert "me:***@127.0.0.1" in message
    assert "secret" not in message


def test_a_database_in_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    refusal(f"sqlite:///{tmp_path}/file/mlflow.db", tmp_path)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("hello " * 1000)
    message = refusal(f"sqlite:///{tmp_path}/mlflow.db", tmp_path)
    assert "not a database" in message


def test_an_address_of_no_known_kind_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="expected sqlite:///, postgresql://"):
        ModelRegistry("s3://bucket", tmp_path).champion(MODEL)


def test_a_parameter_recorded_twice_with_two_values_is_refused(registry: ModelRegistry) -> None:
    with registry.training_run(MODEL) as run:
        run.log_params({"depth": 6})
        with pytest.raises(StoreError, match=r"refused: .*depth"):
            run.log_params({"depth": 7})
