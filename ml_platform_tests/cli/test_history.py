"""What was live when, as a person asks it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ml_platform.cli.history import parse_moment
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.rollout.plan import Stage
from ml_platform.core.rollout.step import rollout_id, started
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger
from ml_platform.stores.model_registry import ModelRegistry
from ml_platform.stores.rollout_moves import carry_out
from ml_platform.stores.settings import Settings
from ml_platform_tests.cli.conftest import MODEL, REASONED, Command, champion, ledger

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def rolled_out(ml_platform: Command, registry: ModelRegistry) -> LedgerEntry:
    """Version 2 became champion on New Year's Day; version 3 is in the shadow an hour later."""
    book = Ledger(Lake(Settings.from_env().lake_root))
    promoted = LedgerEntry(
        "p", MODEL, START, "", EntryKind.PROMOTION, "promoted", evidence={"former": 1},
        model_version="2", reason="passed the gate",
    )  # fmt: skip
    line = started(
        MODEL,
        3,
        2,
        Stage("shadow"),
        decided_at=START + timedelta(hours=1),
        as_of="",
        entry_id=rollout_id("of test"),
    )
    book.append(promoted)
    book.append(line)
    carry_out(registry, line)
    return line


def roles(ml_platform: Command, *words: str) -> list[tuple[int, str, bool]]:
    told = json.loads(ml_platform("history", MODEL, "--json", *words).stdout)
    return [(each["version"], each["role"], each["until"] is None) for each in told]


def test_the_table_tells_who_was_live_from_when_and_why(
    ml_platform: Command, rolled_out: LedgerEntry
) -> None:
    shown = ml_platform("history", MODEL).stdout
    assert "2026-01-01 12:00:00" in shown
    assert "passed the gate" in shown
    assert rolled_out.entry_id in shown


def test_what_was_live_at_a_time_can_be_asked(
    ml_platform: Command, rolled_out: LedgerEntry
) -> None:
    assert roles(ml_platform) == [(2, "champion", True), (3, "shadow", True)]
    assert roles(ml_platform, "--at", "2026-01-01 12:30") == [(2, "champion", True)]
    assert len(roles(ml_platform, "--at", "2026-01-01T14:00:00+01:00")) == 2
    assert "was live then" in ml_platform("history", MODEL, "--at", "2025-12-31").stdout


def test_a_rollback_ends_the_rollout_that_is_under_way(
    ml_platform: Command, registry: ModelRegistry, rolled_out: LedgerEntry
) -> None:
    assert ml_platform("rollback", MODEL, *REASONED).exit_code == 0
    assert champion(registry) == 1
    assert registry.version(MODEL, 3).aliases == ("challenger",)
    *_, moved, ended = ledger(ml_platform)
    assert (moved["kind"], ended["verdict"], ended["cause"]) == (
        "rollback",
        "rollout_ended",
        "champion_moved",
    )
    assert (ended["by"], ended["refers_to"]) == ("Ada", rolled_out.entry_id)
    assert [(v, role) for v, role, lasts in roles(ml_platform) if lasts] == [(1, "champion")]


def test_the_rollout_alone_can_be_ended(
    ml_platform: Command, registry: ModelRegistry, rolled_out: LedgerEntry
) -> None:
    told = ml_platform("rollback", MODEL, "--rollout", *REASONED)
    assert "The rollout of version 3 of flight_delay is over" in told.stdout
    assert champion(registry) == 2
    assert registry.version(MODEL, 3).aliases == ("challenger",)
    again = ml_platform("rollback", MODEL, "--rollout", *REASONED)
    assert (again.exit_code, "No rollout of flight_delay is under way" in again.stderr) == (2, True)


def test_a_promotion_by_hand_ends_the_rollout_too(
    ml_platform: Command, registry: ModelRegistry, rolled_out: LedgerEntry
) -> None:
    assert ml_platform("promote", MODEL, "3", *REASONED).exit_code == 0
    assert registry.version(MODEL, 3).aliases == ("champion",)
    assert [(v, role) for v, role, lasts in roles(ml_platform) if lasts] == [(3, "champion")]


def test_a_version_has_no_part_in_ending_a_rollout(
    ml_platform: Command, rolled_out: LedgerEntry
) -> None:
    told = ml_platform("rollback", MODEL, "2", "--rollout", *REASONED)
    assert (told.exit_code, "leave VERSION out" in told.stderr) == (2, True)


def test_before_anything_was_live_it_says_so(ml_platform: Command, registry: ModelRegistry) -> None:
    assert "No version of flight_delay was live yet." in ml_platform("history", MODEL).stdout


def test_a_time_that_is_none_is_refused_with_an_example(
    ml_platform: Command, registry: ModelRegistry
) -> None:
    told = ml_platform("history", MODEL, "--at", "yesterday")
    assert (told.exit_code, "--at takes a time such as" in told.stderr) == (2, True)
    assert parse_moment("2026-01-01") == datetime(2026, 1, 1, tzinfo=UTC)
