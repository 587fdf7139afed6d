"""What a person sees of a project that is in order, and of one that is not."""

import json
from pathlib import Path

import pytest

from ml_platform.cli.check import require_sound_project
from ml_platform.core.errors import ConfigError
from ml_platform_tests.cli.conftest import Command


def broken(folder: Path) -> Path:
    file = folder / "models" / "broken" / "defs.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("type: ml_platform.SourceTable\nattributes:\n  name: Wrong Name\n")
    return folder


def test_a_project_in_order_is_said_to_be(ml_platform: Command) -> None:
    result = ml_platform("check", "--no-spark")
    assert (result.stdout, result.exit_code) == ("Everything that is declared is in order.\n", 0)


def test_problems_are_told_within_80_columns_and_the_exit_code_is_1(
    ml_platform: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ml_platform.cli.check.DEFS", broken(tmp_path / "defs"))
    monkeypatch.chdir(tmp_path)
    result = ml_platform("check", "--no-spark")
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert lines[0] == "defs/models/broken/defs.yaml:2"
    assert max(map(len, lines)) <= 80
    assert lines[-1] == "4 problems."
    assert "pydantic" not in result.output
    assert "Traceback" not in result.output


def test_problems_are_told_to_programs_too(
    ml_platform: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ml_platform.cli.check.DEFS", broken(tmp_path / "defs"))
    monkeypatch.chdir(tmp_path)
    result = ml_platform("check", "--no-spark", "--json")
    problems = json.loads(result.stdout)["problems"]
    assert {p["key"] for p in problems} == {"name", "landing", "partitions", "contract"}
    [name] = [p for p in problems if p["key"] == "name"]
    assert (name["file"], name["line"]) == ("defs/models/broken/defs.yaml", 3)
    assert 'given "Wrong Name"' in name["message"]


def test_up_starts_nothing_where_the_project_is_not_in_order(
    ml_platform: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A process of its own looks; a setting that cannot be read keeps it from loading anything.
    monkeypatch.setenv("ML_PLATFORM_TICK_SECONDS", "soon")
    with pytest.raises(ConfigError, match=r"nothing was started\.\n"):
        require_sound_project()
    assert not list(home.iterdir())
