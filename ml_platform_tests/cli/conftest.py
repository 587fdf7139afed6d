"""The command as a person calls it, over a home of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ml_platform.cli import main

Command = Callable[..., Result]


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
