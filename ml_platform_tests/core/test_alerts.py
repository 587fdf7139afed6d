from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.alerts import (
    MOST_ATTEMPTS,
    Incident,
    Message,
    Occasion,
    Outgoing,
    Severity,
    plan_messages,
    send_waiting,
)

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
DAY = timedelta(days=1)
DRIFT = Incident("drift", Severity.WARNING, "Drift", "3 of 12 columns", NOW, "flight_delay")


def over(incident: Incident) -> Incident:
    return replace(incident, recovered=True, title="No drift", at=NOW)


def occasions(messages: tuple[Message, ...]) -> list[Occasion]:
    return [message.occasion for message in messages]


def test_a_new_trouble_is_told_once() -> None:
    messages, still_open = plan_messages([DRIFT, DRIFT], {}, DAY, NOW)
    assert occasions(messages) == [Occasion.NEW]
    assert still_open["drift"].sightings == 2
    again, _ = plan_messages([DRIFT], still_open, DAY, NOW + DAY / 2)
    assert again == ()


def test_a_lasting_trouble_is_told_again_after_a_while() -> None:
    _, still_open = plan_messages([DRIFT], {}, DAY, NOW)
    messages, still_open = plan_messages([DRIFT], still_open, DAY, NOW + DAY)
    assert occasions(messages) == [Occasion.STILL]
    assert messages[0].sightings == 2
    assert still_open["drift"].last_sent == NOW + DAY
    assert still_open["drift"].since == NOW


def test_a_trouble_that_worsens_is_told_at_once_but_not_when_it_wavers() -> None:
    graver = replace(DRIFT, severity=Severity.ERROR)
    _, still_open = plan_messages([DRIFT], {}, DAY, NOW)
    messages, still_open = plan_messages([graver], still_open, DAY, NOW)
    assert occasions(messages) == [Occasion.WORSE]
    assert plan_messages([DRIFT, graver], still_open, DAY, NOW)[0] == ()


def test_the_end_of_a_trouble_is_told_once() -> None:
    _, still_open = plan_messages([DRIFT], {}, DAY, NOW)
    messages, still_open = plan_messages([over(DRIFT)], still_open, DAY, NOW)
    assert occasions(messages) == [Occasion.RECOVERED]
    assert (messages[0].title, messages[0].severity) == ("Recovered: No drift", Severity.INFO)
    assert still_open == {}
    assert plan_messages([over(DRIFT)], still_open, DAY, NOW) == ((), {})


def test_an_end_from_before_the_last_sighting_ends_nothing() -> None:
    _, still_open = plan_messages([DRIFT], {}, DAY, NOW)
    late = replace(over(DRIFT), at=NOW - timedelta(minutes=1))
    assert plan_messages([late], still_open, DAY, NOW) == ((), still_open)


def on_the_way(channel: str, attempts: int = 0) -> Outgoing:
    message = Message("drift", Occasion.NEW, DRIFT.severity, DRIFT.title, DRIFT.body, NOW)
    return Outgoing(message, channel, attempts)


def test_only_what_a_channel_did_not_take_is_sent_again() -> None:
    waiting = [on_the_way("ops"), on_the_way("mail")]
    left = send_waiting(waiting, lambda each: each.channel == "ops", lambda: True)
    assert left == (on_the_way("mail", 1),)
    assert send_waiting(left, lambda each: True, lambda: True) == ()


def test_a_channel_that_stays_down_is_given_up_after_the_last_attempt() -> None:
    left, tried = (on_the_way("mail"),), []
    for _ in range(MOST_ATTEMPTS + 2):
        left = send_waiting(left, lambda each: bool(tried.append(each.attempts)), lambda: True)
    assert left == ()
    assert tried == list(range(MOST_ATTEMPTS))


def test_what_there_is_no_time_for_waits_and_new_messages_go_first() -> None:
    tried: list[Outgoing] = []
    waiting = [on_the_way("down", 2), on_the_way("mail"), on_the_way("ops")]
    left = send_waiting(waiting, lambda each: bool(tried.append(each)), lambda: not tried)
    assert tried == [on_the_way("mail")]
    assert left == (on_the_way("ops"), on_the_way("mail", 1), on_the_way("down", 2))


def test_what_was_never_tried_is_kept_however_much_waits() -> None:
    new, failed = [on_the_way("ops")] * 900, [on_the_way("mail", 1)] * 900
    left = send_waiting([*failed, *new], lambda each: True, lambda: False)
    assert [each.attempts for each in left] == [0] * 900 + [1] * 200


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.integers(0, 72)), max_size=30))
def test_nobody_is_told_of_one_trouble_twice_within_the_pause(
    sightings: list[tuple[str, bool, int]],
) -> None:
    still_open, told = {}, {}
    for key, recovered, hours in sorted(sightings, key=lambda seen: seen[2]):
        now = NOW + timedelta(hours=hours)
        incident = Incident(key, Severity.WARNING, key, "", now, recovered=recovered)
        messages, still_open = plan_messages([incident], still_open, DAY, now)
        for message in messages:
            if message.occasion is Occasion.STILL:
                assert now - told[key] >= DAY
            told[key] = now
        assert (key in still_open) is not recovered
