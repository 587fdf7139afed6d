"""Which messages to send about which troubles: once each, again when they last, and when over."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

MOST_ATTEMPTS: Final = 5
"""How often a message is tried on a channel before it is given up."""
_MOST_RETRIES = 200  # Kept for a channel that stays down; what waits is written on every tick.


class Severity(StrEnum):
    """How much a trouble matters, mildest first."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """The place in the order, 0 for the mildest."""
        return list(Severity).index(self)


class Occasion(StrEnum):
    """Why a message is sent now."""

    NEW = "new"
    WORSE = "worse"
    STILL = "still"
    RECOVERED = "recovered"


@dataclass(frozen=True)
class Incident:
    """One sighting of a trouble, or of its end.

    `key` says what makes it the same trouble: "check/flight_delay/drift", not the day's numbers.
    One that is not `lasting`, such as a promotion, happened and is over: it is never open.
    """

    key: str
    severity: Severity
    title: str
    body: str
    at: datetime
    model: str | None = None
    recovered: bool = False
    lasting: bool = True


@dataclass(frozen=True)
class OpenIncident:
    """A trouble that has been told and is not over; `last_seen` is its newest sighting."""

    key: str
    severity: Severity
    title: str
    since: datetime
    last_seen: datetime
    last_sent: datetime
    sightings: int = 1
    model: str | None = None


@dataclass(frozen=True)
class Message:
    """What goes to the channels."""

    key: str
    occasion: Occasion
    severity: Severity
    title: str
    body: str
    at: datetime
    model: str | None = None
    sightings: int = 1


@dataclass(frozen=True)
class Outgoing:
    """A message on its way to one channel, and how often that failed."""

    message: Message
    channel: str
    attempts: int = 0


def plan_messages(
    incidents: Iterable[Incident],
    open_keys: Mapping[str, OpenIncident],
    repeat_after: timedelta,
    now: datetime,
) -> tuple[tuple[Message, ...], dict[str, OpenIncident]]:
    """Return the messages to send now, and the troubles that are open afterwards.

    A new trouble is told at once; an open one again only when it has become more severe or
    `repeat_after` has passed since the last message; its end once. The end of a trouble that was
    never told is not told either, nor an end from before the trouble was last seen.
    """
    still_open, messages = dict(open_keys), []
    for incident in sorted(incidents, key=lambda incident: incident.at):
        if _outdated(incident, still_open):
            continue
        known = still_open.pop(incident.key, None)
        occasion = _occasion(incident, known, repeat_after, now)
        if incident.lasting and not incident.recovered:
            still_open[incident.key] = _kept_open(incident, known, occasion, now)
        if occasion is not None:
            messages.append(_message(incident, known, occasion))
    return tuple(messages), still_open


def send_waiting(
    waiting: Iterable[Outgoing], send: Callable[[Outgoing], bool], may_start: Callable[[], bool]
) -> tuple[Outgoing, ...]:
    """Send what waits, least tried first, and return what must be tried again on a later tick.

    Args:
        waiting: what was not sent yet, or failed.
        send: sends one and says whether the channel took it.
        may_start: whether there is time for one more; without it nothing counts as tried.
    """
    untried: list[Outgoing] = []
    again: list[Outgoing] = []
    for each in sorted(waiting, key=lambda each: each.attempts):
        if not may_start():
            (again if each.attempts else untried).append(each)
        elif not send(each) and each.attempts + 1 < MOST_ATTEMPTS:
            again.append(replace(each, attempts=each.attempts + 1))
    # Only what was tried can be dropped: it is in the file of alerts, with the failure.
    return (*untried, *sorted(again, key=lambda each: each.attempts)[:_MOST_RETRIES])


def _outdated(incident: Incident, still_open: Mapping[str, OpenIncident]) -> bool:
    known = still_open.get(incident.key)
    return incident.recovered and known is not None and incident.at < known.last_seen


def _occasion(
    incident: Incident, known: OpenIncident | None, repeat_after: timedelta, now: datetime
) -> Occasion | None:
    if incident.recovered:
        return Occasion.RECOVERED if known else None
    if known is None:
        return Occasion.NEW
    if incident.severity.rank > known.severity.rank:
        return Occasion.WORSE
    return Occasion.STILL if now - known.last_sent >= repeat_after else None


def _kept_open(
    incident: Incident, known: OpenIncident | None, occasion: Occasion | None, now: datetime
) -> OpenIncident:
    if known is None:
        return OpenIncident(
            key=incident.key,
            severity=incident.severity,
            title=incident.title,
            since=incident.at,
            last_seen=incident.at,
            last_sent=now,
            model=incident.model,
        )
    return replace(
        known,
        # The worst so far: a trouble that wavers between two severities is not news each time.
        severity=max(known.severity, incident.severity, key=lambda severity: severity.rank),
        title=incident.title,
        last_seen=max(known.last_seen, incident.at),
        last_sent=now if occasion else known.last_sent,
        sightings=known.sightings + 1,
    )


def _message(incident: Incident, known: OpenIncident | None, occasion: Occasion) -> Message:
    return Message(
        key=incident.key,
        occasion=occasion,
        severity=Severity.INFO if occasion is Occasion.RECOVERED else incident.severity,
        title=f"Recovered: {incident.title}" if incident.recovered else incident.title,
        body=incident.body,
        at=incident.at,
        model=incident.model,
        sightings=(known.sightings if known else 0) + (not incident.recovered),
    )
