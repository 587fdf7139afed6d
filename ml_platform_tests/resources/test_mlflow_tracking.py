"""One MLflow run per Dagster run, ended truthfully, in one process that runs many."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import mlflow
import pytest
from dagster import AssetExecutionContext, ExecuteInProcessResult, RetryPolicy, asset, materialize
from mlflow.entities import Run

from ml_platform.resources.mlflow_tracking import MlflowTracking
from ml_platform.stores.training_run import TrainingRun

MODEL = "flight_delay"
Training = Callable[[TrainingRun], None]


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory, empty_registry: Path) -> str:
    return f"sqlite:///{shutil.copy(empty_registry, tmp_path_factory.mktemp('registry'))}"


@pytest.fixture
def tracking(uri: str, tmp_path: Path) -> MlflowTracking:
    client = mlflow.MlflowClient(uri, uri)
    for run in runs(uri):
        client.delete_run(run.info.run_id)
    return MlflowTracking(tracking_uri=uri, artifact_root=str(tmp_path))


def runs(uri: str) -> list[Run]:
    client = mlflow.MlflowClient(uri, uri)
    experiments = [each.experiment_id for each in client.search_experiments()]
    return list(client.search_runs(experiments, order_by=["attributes.start_time"]))


def train(tracking: MlflowTracking, training: Training, retries: int = 0) -> ExecuteInProcessResult:
    @asset(retry_policy=RetryPolicy(max_retries=retries))
    def candidate(context: AssetExecutionContext, mlflow_tracking: MlflowTracking) -> None:
        with mlflow_tracking.run(context, MODEL, {"cause": "drift"}) as run:
            training(run)

    return materialize([candidate], resources={"mlflow_tracking": tracking}, raise_on_error=False)


def succeed(run: TrainingRun) -> None:
    run.log_metrics({"brier": 0.17})


def fail(run: TrainingRun) -> None:
    raise RuntimeError("out of memory")


def test_success_leaves_one_finished_run_tied_to_the_dagster_run(
    tracking: MlflowTracking, uri: str
) -> None:
    result = train(tracking, succeed)
    (run,) = runs(uri)
    assert result.success
    assert run.info.status == "FINISHED"
    assert run.data.tags["dagster_run_id"] == result.run_id
    assert run.data.tags["cause"] == "drift"
    assert run.data.metrics == {"brier": 0.17}


def test_failure_leaves_one_failed_run(tracking: MlflowTracking, uri: str) -> None:
    assert not train(tracking, fail).success
    assert [run.info.status for run in runs(uri)] == ["FAILED"]


@pytest.mark.parametrize("first", [succeed, fail])
def test_the_next_dagster_run_in_the_process_gets_its_own(
    tracking: MlflowTracking, uri: str, first: Training
) -> None:
    results = [train(tracking, first), train(tracking, succeed)]
    made = runs(uri)
    assert [run.data.tags["dagster_run_id"] for run in made] == [each.run_id for each in results]
    assert made[1].info.status == "FINISHED"


def test_a_retried_step_continues_the_run_of_its_dagster_run(
    tracking: MlflowTracking, uri: str
) -> None:
    tries: list[str] = []

    def fail_once(run: TrainingRun) -> None:
        tries.append(run.run_id)
        run.log_params({"depth": 6})
        if len(tries) == 1:
            raise RuntimeError("a passing trouble")

    assert train(tracking, fail_once, retries=1).success
    assert len(tries) == 2
    assert [(run.info.run_id, run.info.status) for run in runs(uri)] == [(tries[0], "FINISHED")]


def test_ctrl_c_leaves_a_failed_run(tracking: MlflowTracking, uri: str) -> None:
    def interrupt(run: TrainingRun) -> None:
        raise KeyboardInterrupt

    assert not train(tracking, interrupt).success
    assert [run.info.status for run in runs(uri)] == ["FAILED"]


def test_what_the_step_logs_through_mlflow_itself_lands_in_the_same_run(
    tracking: MlflowTracking, uri: str
) -> None:
    train(tracking, lambda run: mlflow.log_metric("rounds", 20))
    (run,) = runs(uri)
    assert run.data.metrics == {"rounds": 20}


def test_nothing_is_left_active_or_set_in_the_process(tracking: MlflowTracking, uri: str) -> None:
    address = mlflow.get_tracking_uri()
    train(tracking, succeed)
    train(tracking, fail)
    assert mlflow.active_run() is None
    assert mlflow.get_tracking_uri() == address
    assert "MLFLOW_TRACKING_URI" not in os.environ
    assert "MLFLOW_EXPERIMENT_ID" not in os.environ


def test_a_run_that_other_code_left_active_is_ended_not_reused(
    tracking: MlflowTracking, uri: str
) -> None:
    mlflow.set_tracking_uri(uri)
    left = mlflow.start_run()
    train(tracking, succeed)
    mlflow.set_tracking_uri(None)  # type: ignore[arg-type]
    statuses = {run.info.run_id: run.info.status for run in runs(uri)}
    assert statuses.pop(left.info.run_id) == "KILLED"
    assert list(statuses.values()) == ["FINISHED"]
