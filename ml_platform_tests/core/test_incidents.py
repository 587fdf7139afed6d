from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ml_platform.core import names
from ml_platform.core.alerts import Occasion, Severity, plan_messages
from ml_platform.core.decision import Action, Brake, Cause
from ml_platform.core.incidents import (
    CheckSeen,
    RunEnd,
    RunSeen,
    Work,
    incident_of_check,
    incidents_of_entry,
    incidents_of_run,
)
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.rollout.step import Move
from ml_platform.core.verdict import Verdict

AT = datetime(2026, 1, 1, tzinfo=UTC)
DRIFT = ("flight_delay", "drift")


def seen(verdict: Verdict, check: str, partition: str | None = "2013-01-07") -> CheckSeen:
    return CheckSeen(DRIFT, check, partition, verdict, "as measured", AT)


def entry(
    kind: EntryKind, verdict: str = "", held_back_by: str | None = None, number: int = 1
) -> LedgerEntry:
    return LedgerEntry(
        f"entry-{number}",
        "flight_delay",
        AT + timedelta(minutes=number),
        "2013-01-07",
        kind,
        verdict=verdict,
        cause="score_drift",
        reason="as decided",
        held_back_by=held_back_by,
    )


def severity_of(verdict: Verdict, check: str) -> Severity:
    incident = incident_of_check(seen(verdict, check), None)
    assert incident is not None
    return incident.severity


def test_a_failed_check_is_an_incident_with_its_place_and_finding() -> None:
    incident = incident_of_check(seen(Verdict.FAILED, names.SCORE_DRIFT), "flight_delay")

    assert incident is not None
    assert incident.key == "check/flight_delay/drift/score_drift"
    assert incident.title == "flight_delay/drift: score drift on 2013-01-07"
    assert (incident.body, incident.model) == ("as measured", "flight_delay")
    assert not incident.recovered


def test_a_check_without_a_partition_names_none() -> None:
    incident = incident_of_check(seen(Verdict.FAILED, names.ENOUGH_ROWS, None), None)

    assert incident is not None
    assert incident.title == "flight_delay/drift: enough rows"


def test_a_passed_check_ends_the_incident_of_the_same_check() -> None:
    days = [seen(Verdict.FAILED, names.SCHEMA), seen(Verdict.PASSED, names.SCHEMA, "2013-01-08")]
    incidents = [found for day in days if (found := incident_of_check(day, None))]

    messages, still_open = plan_messages(incidents, {}, timedelta(days=1), AT)

    assert [message.occasion for message in messages] == [Occasion.NEW, Occasion.RECOVERED]
    assert still_open == {}


@pytest.mark.parametrize("check", [names.READABLE, names.CONTRACT, names.VOLUME])
def test_a_refused_partition_is_over_only_when_that_partition_passes(check: str) -> None:
    days = [(Verdict.FAILED, "2013-01-07"), (Verdict.PASSED, "2013-01-08")]
    incidents = [incident_of_check(seen(verdict, check, day), None) for verdict, day in days]

    messages, still_open = plan_messages(filter(None, incidents), {}, timedelta(days=1), AT)

    assert [message.occasion for message in messages] == [Occasion.NEW]
    assert list(still_open) == [f"check/flight_delay/drift/{check}/2013-01-07"]


def test_a_check_that_was_not_evaluated_neither_opens_nor_ends_anything() -> None:
    assert incident_of_check(seen(Verdict.NOT_EVALUATED, names.CONTRACT), None) is None


@pytest.mark.parametrize(
    ("check", "failed", "warned"),
    [
        (names.CONTRACT, Severity.CRITICAL, Severity.WARNING),
        (names.VOLUME, Severity.ERROR, Severity.WARNING),
        (names.COLUMN_DRIFT, Severity.INFO, Severity.INFO),
        ("a_check_of_a_team", Severity.WARNING, Severity.WARNING),
    ],
)
def test_broken_data_are_graver_than_moved_data_and_a_warning_is_at_most_one(
    check: str, failed: Severity, warned: Severity
) -> None:
    assert severity_of(Verdict.FAILED, check) is failed
    assert severity_of(Verdict.WARNED, check) is warned


FLIGHTS, WEATHER = Work("flights__raw", "2013-01-07"), Work("weather__raw", "2013-01-07")


def run(end: RunEnd, broken: tuple[Work, ...] = (), done: tuple[Work, ...] = ()) -> RunSeen:
    error = "disk full" if end is RunEnd.FAILED else ""
    return RunSeen("0123456789", "landing of flights", end, AT, error, broken, done)


def test_a_step_that_broke_is_over_once_it_is_done_on_the_same_partition() -> None:
    [broke] = incidents_of_run(run(RunEnd.FAILED, broken=(FLIGHTS,)))
    [mended] = incidents_of_run(run(RunEnd.SUCCEEDED, done=(FLIGHTS,)))

    assert broke.title == "flights/raw on 2013-01-07 failed"
    assert broke.body == "landing of flights, run 01234567: disk full"
    assert mended.title == "flights/raw on 2013-01-07"
    assert broke.key == mended.key
    assert (broke.recovered, mended.recovered) == (False, True)


def test_what_a_run_did_before_it_broke_ends_the_troubles_of_that() -> None:
    told = incidents_of_run(run(RunEnd.FAILED, broken=(FLIGHTS,), done=(WEATHER,)))

    assert {incident.key: incident.recovered for incident in told} == {
        FLIGHTS.key: False,
        WEATHER.key: True,
    }


def test_two_steps_that_broke_in_one_run_recover_one_by_one() -> None:
    together = incidents_of_run(run(RunEnd.FAILED, broken=(FLIGHTS, WEATHER)))
    _, still_open = plan_messages(together, {}, timedelta(days=1), AT)
    for work, left in ((WEATHER, [FLIGHTS.key]), (FLIGHTS, [])):
        alone = incidents_of_run(run(RunEnd.SUCCEEDED, done=(work,)))
        _, still_open = plan_messages(alone, still_open, timedelta(days=1), AT)
        assert list(still_open) == left


def test_a_cancelled_run_is_told_as_a_warning() -> None:
    [incident] = incidents_of_run(run(RunEnd.CANCELED, broken=(Work("landing of flights"),)))

    assert incident.title == "landing of flights was cancelled"
    assert incident.body == "landing of flights, run 01234567 was cancelled"
    assert (incident.severity, incident.recovered) == (Severity.WARNING, False)


def test_broken_data_are_told_by_their_check_alone_and_not_once_per_model() -> None:
    page = replace(entry(EntryKind.DECISION, Action.PAGE), cause=Cause.DATA_QUALITY)

    assert incidents_of_entry(page) == ()


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        (EntryKind.PROMOTION, Severity.INFO),
        (EntryKind.REFUSAL, Severity.WARNING),
        (EntryKind.ROLLBACK, Severity.WARNING),
    ],
)
def test_what_changed_is_told(kind: EntryKind, severity: Severity) -> None:
    [incident] = incidents_of_entry(entry(kind, "rolled_back"))

    assert incident.severity is severity
    assert incident.title == "flight_delay: rolled back (score_drift)"
    assert (incident.body, incident.at) == ("as decided", AT + timedelta(minutes=1))


@pytest.mark.parametrize("kind", [EntryKind.REQUEST, EntryKind.OUTCOME])
def test_what_a_person_asked_for_and_what_came_of_it_are_not_told(kind: EntryKind) -> None:
    assert incidents_of_entry(entry(kind, "retrain")) == ()


@pytest.mark.parametrize(
    ("move", "severity"),
    [
        (Move.START, Severity.INFO),
        (Move.HOLD, Severity.WARNING),
        (Move.ROLL_BACK, Severity.WARNING),
        (Move.GIVE_UP, Severity.WARNING),
        (Move.END, Severity.INFO),
    ],
)
def test_a_rollout_is_told_where_it_begins_waits_and_ends(move: Move, severity: Severity) -> None:
    [incident] = incidents_of_entry(entry(EntryKind.ROLLOUT, move))

    assert (incident.severity, incident.lasting) == (severity, False)
    assert incident.title == f"flight_delay: {move.replace('_', ' ')} (score_drift)"


def test_a_rollout_that_went_on_as_planned_is_not_told() -> None:
    assert incidents_of_entry(entry(EntryKind.ROLLOUT, Move.ADVANCE)) == ()


@pytest.mark.parametrize("verdict", [Action.NOTHING, Action.WAIT, Action.ALERT])
def test_a_decision_that_asks_for_nothing_is_not_told(verdict: Action) -> None:
    told = incidents_of_entry(entry(EntryKind.DECISION, verdict))

    assert plan_messages(told, {}, timedelta(days=1), AT) == ((), {})


@pytest.mark.parametrize(
    ("verdict", "brake", "severity"),
    [
        (Action.PAGE, None, Severity.CRITICAL),
        (Action.RETRAIN, None, Severity.INFO),
        (Action.ROLL_BACK, None, Severity.WARNING),
        (Action.ASK_FOR_LABELS, None, Severity.WARNING),
        (Action.ALERT, Brake.IMMATURE_LABELS, Severity.WARNING),
    ],
)
def test_a_decision_that_somebody_must_know_is_told(
    verdict: Action, brake: Brake | None, severity: Severity
) -> None:
    told = incidents_of_entry(entry(EntryKind.DECISION, verdict, brake))

    [message], _ = plan_messages(told, {}, timedelta(days=1), AT)
    assert message.severity is severity


def test_a_page_that_lasts_is_told_once_and_is_over_with_the_next_other_decision() -> None:
    verdicts = [Action.PAGE, Action.PAGE, Action.NOTHING, Action.NOTHING]
    lines = [entry(EntryKind.DECISION, verdict, number=i) for i, verdict in enumerate(verdicts)]
    first, rest = lines[:1], lines[1:]
    day = timedelta(days=1)

    messages, still_open = plan_messages(incidents_of_entry(*first), {}, day, AT)
    assert [message.title for message in messages] == ["flight_delay: page (score_drift)"]
    assert list(still_open) == ["ledger/flight_delay/page/score_drift"]

    later = [told for line in rest for told in incidents_of_entry(line)]
    messages, still_open = plan_messages(later, still_open, day, AT)
    assert [message.occasion for message in messages] == [Occasion.RECOVERED]
    assert still_open == {}


def test_two_promotions_are_both_told_and_leave_no_trouble_open() -> None:
    lines = [entry(EntryKind.PROMOTION, "promoted", number=i) for i in (1, 2)]
    incidents = [told for line in lines for told in incidents_of_entry(line)]

    messages, still_open = plan_messages(incidents, {}, timedelta(days=1), AT)

    assert [message.occasion for message in messages] == [Occasion.NEW, Occasion.NEW]
    assert still_open == {}


def test_a_lost_answer_or_one_that_differs_is_as_grave_as_a_lost_prediction() -> None:
    for check in (names.LOGGED_ONCE, names.MOVED_ONCE, names.LIVE_PARITY):
        assert severity_of(Verdict.FAILED, check) is Severity.CRITICAL
