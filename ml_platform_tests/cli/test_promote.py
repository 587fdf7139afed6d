"""A person moves the champion: over a real registry, on record."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ml_platform.stores.model_registry import ModelRegistry
from ml_platform_tests.cli.conftest import MODEL, REASONED, Command, champion, ledger
from ml_platform_tests.stores.broken_aliases import break_aliases


def tag_gate(home: Path, version: int, verdict: str | None) -> None:
    """Say in the registry what the gate said of a version; None for nothing."""
    where = "key = 'gate' AND version = ?"
    with closing(sqlite3.connect(home / "mlflow.db")) as database, database:
        if verdict is None:
            database.execute(f"DELETE FROM model_version_tags WHERE {where}", (version,))
        else:
            change = f"UPDATE model_version_tags SET value = ? WHERE {where}"
            database.execute(change, (verdict, version))


def test_promoting_takes_the_challenger_and_says_so_in_the_ledger(
    ml_platform: Command, registry: ModelRegistry
) -> None:
    result = ml_platform("promote", MODEL, *REASONED)
    assert "Version 3 of flight_delay is the champion now" in result.stdout
    assert champion(registry) == 3
    [entry] = ledger(ml_platform)
    assert (entry["kind"], entry["by"], entry["model_version"]) == ("promotion", "Ada", "3")
    assert entry["evidence"] == {
        "former": 2,
        "gate": "passed",
        "override": False,
        "overrides_refusal": None,
    }


@pytest.mark.parametrize("verdict", ["refused", None])
def test_promoting_what_the_gate_did_not_pass_is_recorded_as_an_override(
    ml_platform: Command, registry: ModelRegistry, home: Path, verdict: str | None
) -> None:
    tag_gate(home, 3, verdict)
    assert ml_platform("promote", MODEL, "3", *REASONED).exit_code == 0
    [entry] = ledger(ml_platform)
    assert (entry["evidence"]["gate"], entry["evidence"]["override"]) == (verdict, True)


def test_overriding_a_refusal_is_recorded_with_its_reason(
    ml_platform: Command, registry: ModelRegistry
) -> None:
    registry.refuse(MODEL, 3, "worse in one segment")
    assert ml_platform("promote", MODEL, "3", *REASONED).exit_code == 0
    [entry] = ledger(ml_platform)
    assert entry["evidence"]["overrides_refusal"] == "worse in one segment"


def test_a_version_that_does_not_exist_changes_nothing(
    ml_platform: Command, registry: ModelRegistry
) -> None:
    result = ml_platform("promote", MODEL, "9", *REASONED)
    assert "versions that exist: 1, 2, 3" in result.stderr
    assert result.exit_code == 2
    assert champion(registry) == 2
    assert ledger(ml_platform) == []


def test_a_move_that_fails_is_taken_back_in_the_ledger(
    ml_platform: Command, registry: ModelRegistry, home: Path
) -> None:
    break_aliases(home)
    result = ml_platform("promote", MODEL, *REASONED)
    assert result.exit_code == 1
    assert champion(registry) == 2
    announced, taken_back = ledger(ml_platform)
    assert (announced["kind"], announced["model_version"]) == ("promotion", "3")
    assert (taken_back["kind"], taken_back["verdict"]) == ("outcome", "not_moved")
    assert taken_back["refers_to"] == announced["entry_id"]
    assert "version 3 was not made champion: " in taken_back["reason"]
