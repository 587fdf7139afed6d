"""Facts and ledgers in few words, for the tests of the policy."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from ml_platform.core.decision import Action
from ml_platform.core.facts import CheckFact, CheckName, Facts
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.verdict import Verdict

POLICY = RetrainingSpec()
SINCE = "2013-02-01"
VERDICTS: Mapping[str, Verdict] = {
    "p": Verdict.PASSED,
    "w": Verdict.WARNED,
    "f": Verdict.FAILED,
    "-": Verdict.NOT_EVALUATED,
}


def day(number: int) -> str:
    """Give a partition by its distance from the champion's promotion, in days."""
    return (date.fromisoformat(SINCE) + timedelta(days=number)).isoformat()


def seen(name: CheckName, verdicts: str, first: int = 1) -> tuple[CheckFact, ...]:
    """Spell a check's verdicts day by day, one letter each: p, w, f, or - for not evaluated."""
    said = name.value.replace("_", " ")
    return tuple(
        CheckFact(name, day(first + i), VERDICTS[letter], {"x": 1.0}, f"{said} as measured")
        for i, letter in enumerate(verdicts)
    )


def champion(*checks: tuple[CheckFact, ...], as_of: int = 5) -> Facts:
    """Give the facts about a model with champion 2, promoted as of 2013-02-01 after champion 1."""
    return Facts(
        model="flight_delay",
        as_of=day(as_of),
        labelled_rows=10_000,
        min_rows=5_000,
        champion_version="2",
        champion_since=SINCE,
        champion_trained_through=day(-1),
        previous_champion_version="1",
        checks=tuple(fact for group in checks for fact in group),
    )


def decided(action: Action, on: int, refers_to: str | None = None) -> LedgerEntry:
    """Give the ledger's line of a decision taken as of a day."""
    return replace(
        LedgerEntry(
            entry_id=f"{action}-{on}",
            model="flight_delay",
            decided_at=datetime(2026, 1, 1, tzinfo=UTC),
            as_of=day(on),
            kind=EntryKind.DECISION,
        ),
        verdict=action.value,
        refers_to=refers_to,
    )
