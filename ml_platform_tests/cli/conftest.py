"""The command as a person calls it, over a home of its own."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ml_platform.cli import main
from ml_platform.stores.model_registry import ModelRegistry

Command = Callable[..., Result]
MODEL = "flight_delay"
REASONED = ("--by", "Ada", "--why", "reviewed it")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    for name in ("ML_PLATFORM_LAKE", "MLFLOW_TRACKING_URI", "ML_PLATFORM_ARTIFACTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ML_PLATFORM_HOME", str(folder))
    return folder


@pytest.fixture
def ml_platform(home: Path) -> Command:
    return lambda *words: CliRunner().invoke(main, list(words))


@pytest.fixture
def registry(home: Path, tmp_path: Path, empty_registry: Path) -> ModelRegistry:
    """Three versions; the first was champion, the second is, the third waits. All passed."""
    artifact = tmp_path / "artifact"
    artifact.mkdir()
    for name in ("model.ubj", "spec.json", "manifest.json"):
        (artifact / name).write_text('{"spec": {}, "threshold": 0.5}')
    shutil.copy(empty_registry, home)
    made = ModelRegistry(f"sqlite:///{home / 'mlflow.db'}", home / "artifacts")
    for promoted in (True, True, False):
        with made.training_run(MODEL) as run:
            version = made.register(run, artifact, {"distance": "float64"}, {"gate": "passed"})
        if promoted:
            made.promote(MODEL, version.version)
    return made


def champion(registry: ModelRegistry) -> int:
    version = registry.champion(MODEL)
    assert version is not None
    return version.version


def ledger(ml_platform: Command) -> list[dict[str, Any]]:
    """Every line, oldest first, with its evidence read."""
    lines = json.loads(ml_platform("ledger", "--json").stdout)
    return [line | {"evidence": json.loads(line["evidence"])} for line in lines]
