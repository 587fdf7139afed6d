"""Alerts: a sensor that tells people about failed checks, broken runs and what was decided."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from dagster import (
    DefaultSensorStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    sensor,
)
from pydantic import TypeAdapter, ValidationError

from ml_platform.core.alerts import (
    Message,
    OpenIncident,
    Outgoing,
    plan_messages,
    send_waiting,
)
from ml_platform.core.figures import counted
from ml_platform.lifecycle.alert_sightings import Place, Sighting, sightings
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.source import Source
from ml_platform.resources.alerts_resource import AlertsResource
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.stores.alert_channels import CONSOLE, FILE, AlertChannels
from ml_platform.stores.apprise_delivery import LONGEST_SECONDS
from ml_platform.stores.ledger import Ledger

# Runs write at once, and what one wrote earlier can become visible later: this stretch before the
# newest event read is looked at again on every tick, and what was seen in it is remembered.
_LOOK_BACK = timedelta(minutes=10)
_BEGINNING = datetime.fromtimestamp(0, UTC)
# Dagster ends a tick after 60 s, and what it had read and sent would be forgotten.
_SENDING_SECONDS = 25.0
_TITLES = 3
"""So many are named in the sentence of a tick."""


@dataclass(frozen=True)
class _Memory:
    """What the sensor remembers between two ticks.

    Attributes:
        since: the time of the newest event read.
        event: the number of the newest event of a check; 0 where none was read by its number yet.
        seen: what was read of the stretch before it.
        still_open: the troubles that were told and are not over.
        waiting: messages that a channel has not taken yet.
    """

    since: datetime = _BEGINNING
    seen: frozenset[str] = frozenset()
    still_open: dict[str, OpenIncident] = field(default_factory=dict)
    waiting: tuple[Outgoing, ...] = ()
    event: int = 0

    @property
    def place(self) -> Place:
        return Place(self.since - _LOOK_BACK, self.event)


_CURSOR = TypeAdapter(_Memory)


def alerts_sensor(
    sources: Sequence[Source],
    models: Sequence[Model],
    repeat_after: timedelta,
    tick_seconds: int,
) -> SensorDefinition:
    """The sensor ``alerts``."""
    channels = {model.name: model.spec.alerts for model in models}

    @sensor(
        name="alerts",
        minimum_interval_seconds=tick_seconds,
        default_status=DefaultSensorStatus.RUNNING,
        description=(
            "Tells the declared channels about failed checks, broken runs, refusals, promotions "
            "and decisions: once each, again when they last, and when they are over."
        ),
    )
    def alerts(
        context: SensorEvaluationContext, lake: LakeResource, alert_channels: AlertsResource
    ) -> SkipReason:
        now = datetime.now(UTC)
        memory = _remembered(context, now)
        ledger = Ledger(lake.open())
        seen = list(sightings(context.instance, ledger, sources, models, memory.place))
        news = [i for each in seen if each.identity not in memory.seen for i in each.incidents()]
        messages, still_open = plan_messages(news, memory.still_open, repeat_after, now)
        waiting = [*memory.waiting, *_addressed(messages, channels)]
        left = _send(alert_channels.open(), waiting)
        context.update_cursor(_CURSOR.dump_json(_after(memory, seen, still_open, left)).decode())
        return SkipReason(tick_sentence(messages, still_open, len(left)))

    return alerts


def tick_sentence(
    messages: Sequence[Message], still_open: Mapping[str, OpenIncident], left: int
) -> str:
    """What a tick did, in words: what it sent, what is open, what could not be sent yet."""
    sent, open_now = counted(len(messages), "alert"), counted(len(still_open), "trouble")
    late = f", {left} to be sent again" if left else ""
    told = _listed(message.title for message in messages)
    waits = _listed(each.title for each in still_open.values()) if not messages else ""
    return f"{sent} sent{told}, {open_now} open{waits}{late}"


def _listed(titles: Iterable[str]) -> str:
    """The first titles in brackets, and how many more there are; empty of none."""
    those = list(dict.fromkeys(titles))
    if not those:
        return ""
    more = f" and {len(those) - _TITLES} more" if len(those) > _TITLES else ""
    return f" ({'; '.join(those[:_TITLES])}{more})"


def _remembered(context: SensorEvaluationContext, now: datetime) -> _Memory:
    try:
        memory = _CURSOR.validate_json(context.cursor) if context.cursor else _Memory()
    except ValidationError:
        context.log.warning("what another version remembered cannot be read: alerts begin anew")
        return _Memory(since=now)
    # Earlier releases told runs apart by all that they made, which no later run would end.
    kept = {key: each for key, each in memory.still_open.items() if not key.startswith("run/")}
    return replace(memory, still_open=kept)


def _addressed(
    messages: Iterable[Message], channels: Mapping[str, Sequence[str]]
) -> Iterator[Outgoing]:
    everyone = sorted({name for named in channels.values() for name in named})
    for message in messages:
        named = dict.fromkeys(channels.get(message.model or "") or everyone)
        for channel in [name for name in named if name != FILE] or [CONSOLE]:
            yield Outgoing(message, channel)


def _send(channels: AlertChannels, waiting: Iterable[Outgoing]) -> tuple[Outgoing, ...]:
    last_start = time.monotonic() + _SENDING_SECONDS - LONGEST_SECONDS
    return send_waiting(waiting, partial(_taken, channels), lambda: time.monotonic() <= last_start)


def _taken(channels: AlertChannels, outgoing: Outgoing) -> bool:
    deliveries = channels.send(outgoing.message, [outgoing.channel])
    return all(each.ok for each in deliveries if each.channel == outgoing.channel)


def _after(
    memory: _Memory,
    seen: Sequence[Sighting],
    still_open: dict[str, OpenIncident],
    left: tuple[Outgoing, ...],
) -> _Memory:
    # A writer whose clock is ahead must not hide what others write until then.
    read_to = min(max([memory.since, *(each.at for each in seen)]), datetime.now(UTC))
    event = max([memory.event, *(each.event or 0 for each in seen)])
    place = Place(read_to - _LOOK_BACK, event)
    again = frozenset(each.identity for each in seen if place.is_read_again(each))
    return _Memory(read_to, again, still_open, left, event)
