"""A person puts an earlier champion back, and does not fall back into the bad one."""

from datetime import UTC, datetime, timedelta

from ml_platform.cli.champion import NOT_MOVED, left_behind
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.stores.model_registry import ModelRegistry
from ml_platform_tests.cli.conftest import MODEL, REASONED, Command, champion, ledger

START = datetime(2026, 1, 1, tzinfo=UTC)


def moves(*made: tuple[EntryKind, int]) -> list[LedgerEntry]:
    return [
        LedgerEntry(
            str(i), MODEL, START + timedelta(i), "2026-01-01", kind, model_version=str(version)
        )
        for i, (kind, version) in enumerate(made)
    ]


def test_rolling_back_returns_to_the_previous_champion(
    ml_platform: Command, registry: ModelRegistry
) -> None:
    assert "Version 1" in ml_platform("rollback", MODEL, *REASONED).stdout
    assert champion(registry) == 1
    [entry] = ledger(ml_platform)
    assert (entry["kind"], entry["verdict"], entry["reason"]) == (
        "rollback",
        "rolled_back",
        "reviewed it",
    )


def test_rolling_back_twice_does_not_return_to_the_bad_version(
    ml_platform: Command, registry: ModelRegistry
) -> None:
    ml_platform("rollback", MODEL, *REASONED)
    again = ml_platform("rollback", MODEL, *REASONED)
    assert "version 2, which was rolled back from by Ada: reviewed it" in again.stderr
    assert "name it: ml-platform rollback flight_delay VERSION" in again.stderr
    assert again.exit_code == 2
    assert champion(registry) == 1
    assert len(ledger(ml_platform)) == 1


def test_a_bad_version_comes_back_when_it_is_named(
    ml_platform: Command, registry: ModelRegistry
) -> None:
    ml_platform("rollback", MODEL, *REASONED)
    assert ml_platform("rollback", MODEL, "2", *REASONED).exit_code == 0
    assert champion(registry) == 2


def test_a_version_promoted_after_its_rollback_is_no_longer_left_behind() -> None:
    promoted, rolled_back = EntryKind.PROMOTION, EntryKind.ROLLBACK
    past = moves((promoted, 1), (promoted, 2), (rolled_back, 1))
    assert left_behind(past) == {"2": past[-1]}
    assert left_behind([*past, *moves((promoted, 2))]) == {}
    assert left_behind([*past, *moves((promoted, 3))]) == {"2": past[-1]}


def test_a_rollback_that_failed_leaves_nothing_behind() -> None:
    past = moves((EntryKind.PROMOTION, 1), (EntryKind.PROMOTION, 2), (EntryKind.ROLLBACK, 1))
    failed = LedgerEntry(
        *("failed", MODEL, START + timedelta(9), "2026-01-01", EntryKind.OUTCOME, NOT_MOVED),
        refers_to=past[-1].entry_id,
    )
    assert left_behind([*past, failed]) == {}
