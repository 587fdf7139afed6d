from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ml_platform.core.facts import CheckFact, CheckName, Request
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.partition_facts import facts_of_partition, past_of_partition
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.situations import champion, day, seen

DRIFT, PERFORMANCE = CheckName.DRIFT, CheckName.PERFORMANCE


def promoted(version: str, on: int) -> LedgerEntry:
    return LedgerEntry(
        entry_id=f"promotion-{version}-{on}",
        model="flight_delay",
        decided_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=on),
        as_of=day(on),
        kind=EntryKind.PROMOTION,
        model_version=version,
    )


def judged(name: CheckName, on: int, version: str) -> CheckFact:
    return CheckFact(name, day(on), Verdict.FAILED, model_version=version)


def test_what_came_later_and_what_is_no_finding_is_left_out() -> None:
    facts = replace(
        champion(seen(DRIFT, "pfpf")),
        requests=(Request("r1", "Ada", "why not"),),
        retraining_running=True,
    )
    own = facts_of_partition(facts, day(2), [])
    assert (own.as_of, own.requests, own.retraining_running) == (day(2), (), False)
    assert [fact.partition for fact in own.checks] == [day(1), day(2)]
    assert own.champion_version == facts.champion_version


def test_the_newest_partition_is_told_by_all_facts() -> None:
    facts = champion(seen(DRIFT, "pfpff"), seen(PERFORMANCE, "pp"))
    assert facts_of_partition(facts, day(5), []) == facts


def test_a_day_restated_after_a_promotion_is_still_about_the_champion_of_that_day() -> None:
    facts = champion((judged(DRIFT, -2, "1"), judged(PERFORMANCE, -2, "1"), judged(DRIFT, 2, "2")))
    past = [promoted("0", -20), promoted("1", -9), promoted("2", 0)]
    own = facts_of_partition(facts, day(-2), past)
    assert (own.champion_version, own.champion_since) == ("1", day(-9))
    assert (own.previous_champion_version, own.champion_trained_through) == ("0", None)
    assert own.of_champion(PERFORMANCE) == (judged(PERFORMANCE, -2, "1"),)


def test_the_inputs_check_says_which_version_before_that_of_late_labels() -> None:
    facts = champion((judged(PERFORMANCE, 1, "1"), judged(DRIFT, 1, "2")))
    assert facts_of_partition(facts, day(1), []).champion_version == "2"
    labels_only = champion((judged(PERFORMANCE, 1, "1"),))
    assert facts_of_partition(labels_only, day(1), []).champion_version == "1"


def test_the_first_champion_had_none_before_and_an_unrecorded_one_has_no_beginning() -> None:
    facts = champion((judged(DRIFT, 1, "1"),))
    first = facts_of_partition(facts, day(1), [promoted("1", -9)])
    assert (first.champion_since, first.previous_champion_version) == (day(-9), None)
    unrecorded = facts_of_partition(facts, day(1), [])
    assert (unrecorded.champion_since, unrecorded.previous_champion_version) == (None, None)


def test_the_ledger_of_a_partition_ends_with_it() -> None:
    past = [promoted("1", 0), promoted("2", 3)]
    assert past_of_partition(past, day(2)) == past[:1]
    assert past_of_partition(past, day(3)) == past
