"""A person moves the champion: over a real registry, on record."""

import json
from pathlib import Path

import pytest

from ml_platform.stores.model_registry import ModelRegistry
from ml_platform_tests.cli.conftest import Command

MODEL = "flight_delay"
REASONED = ("--by", "Ada", "--why", "reviewed it")


@pytest.fixture
def registry(home: Path, tmp_path: Path) -> ModelRegistry:
    """Three versions; the first was champion, the second is, the third waits."""
    artifact = tmp_path / "artifact"
    artifact.mkdir()
    for name in ("model.ubj", "spec.json", "manifest.json"):
        (artifact / name).write_text("{}")
    made = ModelRegistry(f"sqlite:///{home / 'mlflow.db'}", home / "artifacts")
    for promoted in (True, True, False):
        with made.training_run(MODEL) as run:
            version = made.register(run, artifact, {"distance": "float64"})
        if promoted:
            made.promote(MODEL, version.version)
    return made


def champion(registry: ModelRegistry) -> int:
    version = registry.champion(MODEL)
    assert version is not None
    return version.version


def newest_entry(ml_platform: Command) -> dict:
    return json.loads(ml_platform("ledger", "--json").stdout)[-1]


def test_promoting_takes_the_challenger_and_says_so_in_the_ledger(
    ml_platform: Command, registry: ModelRegistry
) -> None:
    result = ml_platform("promote", MODEL, *REASONED)
    assert "Version 3 of flight_delay is the champion now" in result.stdout
    assert champion(registry) == 3
    entry = newest_entry(ml_platform)
    assert (entry["kind"], entry["by"], entry["model_version"]) == ("promotion", "Ada", "3")
    assert json.loads(entry["evidence"]) == {"former": 2, "overrides_refusal": None}


def test_overriding_a_refusal_is_recorded_with_its_reason(
    ml_platform: Command, registry: ModelRegistry
) -> None:
    registry.refuse(MODEL, 3, "worse in one segment")
    assert ml_platform("promote", MODEL, "3", *REASONED).exit_code == 0
    evidence = json.loads(newest_entry(ml_platform)["evidence"])
    assert evidence["overrides_refusal"] == "worse in one segment"


def test_rolling_back_returns_to_the_previous_champion(
    ml_platform: Command, registry: ModelRegistry
) -> None:
    assert "Version 1" in ml_platform("rollback", MODEL, *REASONED).stdout
    assert champion(registry) == 1
    entry = newest_entry(ml_platform)
    assert (entry["kind"], entry["verdict"], entry["reason"]) == (
        "rollback",
        "rolled_back",
        "reviewed it",
    )


def test_a_version_that_does_not_exist_changes_nothing(
    ml_platform: Command, registry: ModelRegistry
) -> None:
    result = ml_platform("promote", MODEL, "9", *REASONED)
    assert "versions that exist: 1, 2, 3" in result.stderr
    assert result.exit_code == 2
    assert champion(registry) == 2
