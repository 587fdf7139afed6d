"""An alias moved in MLflow itself takes effect in a running endpoint."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from mlflow import MlflowClient

from ml_platform.stores.model_registry import CHAMPION, ModelRegistry
from ml_platform_tests.serving.toy_endpoint import (
    INPUTS,
    MODEL,
    RunningEndpoint,
    asked,
    rows,
    running,
    served_artifact,
)
from ml_platform_tests.waiting import PATIENCE, wait_until


@pytest.fixture(scope="module")
def endpoint(
    tmp_path_factory: pytest.TempPathFactory, empty_registry: Path
) -> Iterator[RunningEndpoint]:
    """Every model of a registry that has two versions and no champion."""
    home = tmp_path_factory.mktemp("watched")
    uri = f"sqlite:///{shutil.copy(empty_registry, home)}"
    registry = ModelRegistry(uri, home / "artifacts")
    for number in (1, 2):
        served_artifact(home / str(number), seed=number)
        with registry.training_run(MODEL) as run:
            registry.register(run, home / str(number), INPUTS)
    with running(home, "--all", wait="live") as served:
        yield served


@pytest.fixture
def client(endpoint: RunningEndpoint) -> MlflowClient:
    uri = f"sqlite:///{endpoint.home / 'mlflow.db'}"
    return MlflowClient(uri, uri)


def await_version(endpoint: RunningEndpoint, version: str | None) -> None:
    """Wait until requests are answered by a version, or by none."""

    def answered() -> bool:
        answer = httpx.post(
            f"{endpoint.url}/models/{MODEL}/invocations", json={"inputs": rows(1)}, timeout=PATIENCE
        )
        return answer.headers.get("x-model-version") == version

    wait_until(answered, f"version {version} answers")


def test_a_moved_alias_is_followed_forth_and_back(
    endpoint: RunningEndpoint, client: MlflowClient
) -> None:
    assert httpx.get(f"{endpoint.url}/ping").status_code == 503
    client.set_registered_model_alias(MODEL, CHAMPION, "1")
    await_version(endpoint, "1")  # the watch has imported MLflow by now
    for version in ("2", "1", "2", "1"):
        client.set_registered_model_alias(MODEL, CHAMPION, version)
        await_version(endpoint, version)
    assert asked(endpoint.url, rows(2)).status_code == 200


def test_a_champion_that_is_taken_away_is_followed_too(
    endpoint: RunningEndpoint, client: MlflowClient
) -> None:
    client.set_registered_model_alias(MODEL, CHAMPION, "1")
    await_version(endpoint, "1")
    client.delete_registered_model_alias(MODEL, CHAMPION)
    await_version(endpoint, None)
    client.set_registered_model_alias(MODEL, CHAMPION, "1")
    await_version(endpoint, "1")


def test_the_watch_is_a_process_beside_the_workers(endpoint: RunningEndpoint) -> None:
    children = psutil.Process(endpoint.process.pid).children()
    watches = [each for each in children if "registry_watch" in " ".join(each.cmdline())]
    assert len(watches) == 1


def watch_of(endpoint: RunningEndpoint) -> psutil.Process | None:
    for each in psutil.Process(endpoint.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess):
            if "registry_watch" in " ".join(each.cmdline()):
                return each
    return None


def test_a_watch_that_is_killed_comes_back_and_follows(
    endpoint: RunningEndpoint, client: MlflowClient
) -> None:
    client.set_registered_model_alias(MODEL, CHAMPION, "1")
    await_version(endpoint, "1")
    killed = watch_of(endpoint)
    assert killed is not None
    killed.kill()
    client.set_registered_model_alias(MODEL, CHAMPION, "2")
    await_version(endpoint, "2")


def test_nothing_outlives_an_endpoint_that_is_killed(tmp_path: Path) -> None:
    with running(tmp_path, MODEL, wait="live") as killed:
        children = psutil.Process(killed.process.pid).children(recursive=True)
        killed.process.kill()
        killed.process.wait()
        _, alive = psutil.wait_procs(children, timeout=PATIENCE)
        assert alive == []
