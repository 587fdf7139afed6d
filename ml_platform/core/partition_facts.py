"""The facts about one partition: what the policy would know if it were the newest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ml_platform.core.facts import CheckFact, CheckName, Facts
from ml_platform.core.ledger import LedgerEntry, Past, champion_moves

# Whose version the partition is about: that of the inputs' check goes before that of late labels.
_JUDGED_BY = (CheckName.DRIFT, CheckName.ESTIMATED_PERFORMANCE, CheckName.PERFORMANCE)


def facts_of_partition(facts: Facts, partition: str, past: Past) -> Facts:
    """Leave out what came after a partition, and what its checks do not tell.

    The champion is the version that the partition's own checks judged: a day that is restated
    when its labels come is still about the champion of that day. A person's request and a running
    retraining are no findings about a partition and are left out. What is labelled is told as of
    now: labels that came since count.

    Args:
        facts: As of a later partition or the same; with `past`, of one model.
        partition: The one to speak of.
        past: The ledger, for when a version became champion and what was before it.
    """
    checks = tuple(fact for fact in facts.checks if fact.partition <= partition)
    own = replace(facts, as_of=partition, checks=checks, retraining_running=False, requests=())
    version = _judged_version(checks, partition)
    if version is None or version == facts.champion_version:
        return own
    moves = sorted(champion_moves(past), key=lambda entry: entry.decided_at)
    since, previous = _reign(moves, version)
    return replace(
        own,
        champion_version=version,
        champion_since=since,
        champion_trained_through=None,
        previous_champion_version=previous,
    )


def past_of_partition(past: Past, partition: str) -> list[LedgerEntry]:
    """The lines of the ledger that were written about a partition or an earlier one."""
    return [entry for entry in past if entry.as_of <= partition]


def _judged_version(checks: Sequence[CheckFact], partition: str) -> str | None:
    own = {
        fact.name: fact.model_version
        for fact in checks
        if fact.partition == partition and fact.model_version is not None
    }
    return next((own[name] for name in _JUDGED_BY if name in own), None)


def _reign(moves: Sequence[LedgerEntry], version: str) -> tuple[str | None, str | None]:
    """As of when a version became champion last, and which version was before it."""
    for place in range(len(moves) - 1, -1, -1):
        if moves[place].model_version == version:
            return moves[place].as_of, moves[place - 1].model_version if place else None
    return None, None
