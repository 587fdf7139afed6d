"""The calendar of a table: which partitions there are, and what a duration is in partitions.

A calendar is a value. It is asked at each look, with the moment of that look: nothing keeps the
partitions of an earlier one.

**One rule says how many partitions a duration is** (`Calendar.count`): the nearest whole number of
partitions, a half counts down, and at least one. A month counts as 30.436875 days, a twelfth of
the mean year. So of months `60 days` are 2, `90 days` 3, `365 days` 12, and `7 days` are 1; of
weeks `30 days` are 4; of days `36 hours` are 1. A day is a day, though it has 23 or 25 hours where
clocks change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Literal, TypeAlias

from ml_platform.core.errors import ConfigError
from ml_platform.core.ingestion.wall_clock import instant_of, is_second, zone_of

Grain: TypeAlias = Literal["hour", "day", "week", "month"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOMINAL: dict[Grain, timedelta] = {
    "hour": HOUR,
    "day": DAY,
    "week": 7 * DAY,
    "month": timedelta(days=365.2425) / 12,
}
"""How long a partition counts as, wherever durations are measured in partitions."""
YEARS = range(1000, 9000)
"""Of partitions: keys have four digits, and the last years there are have no end."""
SHORTEST: dict[Grain, timedelta] = {**NOMINAL, "month": 28 * DAY}
"""How long every partition is at least, on its own clock: an offset is shorter."""
FORMATS: dict[Grain, str] = {
    "hour": "%Y-%m-%d-%H:%M",
    "day": "%Y-%m-%d",
    "week": "%Y-%m-%d",
    "month": "%Y-%m-%d",
}
"""How keys are written: the moment at which a partition begins, by the clock of its zone. The
second of two equal hours, when clocks are put back, has its distance from UTC behind it."""


@dataclass(frozen=True)
class Calendar:
    """How a table is cut in time.

    Attributes:
        every: one partition per hour, day, week (from Sunday) or month.
        start: the first day; the first partition is the first that begins then or later.
        end: the first day after the last partition, None where there is none.
        timezone: whose clock it goes by, an IANA name.
        offset: how much later than the hour, midnight, Sunday or the first of the month
            partitions begin.

    >>> shop = Calendar("day", date(2013, 3, 9), timezone="America/New_York", offset=6 * HOUR)
    >>> shop.window("2013-03-09").begin.isoformat(), str(shop.window("2013-03-09").length)
    ('2013-03-09T11:00:00+00:00', '23:00:00')
    >>> shop.partitions(datetime(2013, 3, 11, 12, tzinfo=UTC))
    ['2013-03-09', '2013-03-10']
    >>> shop.count(36 * HOUR), shop.trailing("2013-03-11", 48 * HOUR)
    (1, ['2013-03-10', '2013-03-11'])
    """

    every: Grain
    start: date
    end: date | None = None
    timezone: str = "UTC"
    offset: timedelta = timedelta(0)

    @cached_property
    def cut(self) -> Calendar:
        """What two calendars with the same partitions have in common, wherever they begin."""
        return replace(self, start=date(2000, 1, 1), end=None)

    def partitions(self, now: datetime) -> list[str]:
        """The keys of all partitions that have ended by a moment, in order."""
        return [self._key(place) for place in range(self._first, self._behind(now))]

    def latest(self, now: datetime) -> str | None:
        """The key of the last partition that has ended by a moment, None before the first."""
        behind = self._behind(now)
        return self._key(behind - 1) if behind > self._first else None

    def exists(self, partition: str, now: datetime) -> bool:
        """Whether a text is the key of a partition that has ended by a moment."""
        return self.holds(partition) and self.place(partition) < self._behind(now)

    def holds(self, partition: str) -> bool:
        """Whether a text is the key of a partition from the start to the end, ended or not."""
        if not self.is_key(partition) or self.place(partition) < self._first:
            return False
        return self.end_at is None or self.window(partition).end <= self.end_at

    def is_key(self, text: str) -> bool:
        """Whether a text is the key of a partition, be it before the start or in the future."""
        try:
            self.place(text)
        except ConfigError:
            return False
        return True

    def partition_at(self, moment: datetime) -> str:
        """The key of the partition that a moment belongs to, also outside start and end."""
        return self._key(self._place_at(moment))

    def window(self, partition: str) -> Window:
        """When a partition begins and ends."""
        place = self.place(partition)
        return Window(self._begin(place), self._begin(place + 1))

    def begin(self, partition: str) -> datetime:
        """When a partition begins, in UTC."""
        return self._begin(self.place(partition))

    def local_begin(self, partition: str) -> datetime:
        """When a partition begins, by the clock of its zone: what weekday and what hour it is."""
        return self.begin(partition).astimezone(zone_of(self.timezone))

    def count(self, length: timedelta) -> int:
        """How many partitions a length of time is: the one rule, see the module."""
        nominal = NOMINAL[self.every]
        return max(-((nominal - 2 * length) // (2 * nominal)), 1)

    def trailing(self, last: str, length: timedelta) -> list[str]:
        """The keys of the window of so long that ends with a partition; none before the start."""
        return self.keys_to(last, self.count(length))

    def before(self, first: str, length: timedelta) -> list[str]:
        """The keys of so long right before a partition; none of a length of 0."""
        if not length:
            return []
        return self.keys_to(first, self.count(length) + 1)[:-1]

    def keys_to(self, last: str, count: int) -> list[str]:
        """So many keys up to and including one, fewer where the calendar begins."""
        end = self.place(last)
        first = max(end + 1 - count, min(self._first, end))
        return [self._key(place) for place in range(first, end + 1)]

    def keys_between(self, first: str, last: str) -> list[str]:
        """The keys from one to another, both included."""
        return [self._key(place) for place in range(self.place(first), self.place(last) + 1)]

    def place(self, partition: str) -> int:
        """The number of a partition: that of its neighbour is one more or less.

        Raises:
            ConfigError: it is no key of this calendar.
        """
        return _place(self.cut, partition)

    @property
    def start_at(self) -> datetime:
        """The moment `start` begins, in UTC."""
        return instant_of(self._midnight(self.start), self.timezone)

    @property
    def end_at(self) -> datetime | None:
        """The moment by which the last partition has ended, in UTC; None without an end."""
        if self.end is None:
            return None
        return instant_of(self._midnight(self.end) + self.offset % DAY, self.timezone)

    @cached_property
    def _first(self) -> int:
        place = self._place_at(self.start_at)
        return place if self._begin(place) >= self.start_at else place + 1

    def _behind(self, now: datetime) -> int:
        """The place right behind the last partition that has ended by a moment."""
        until = now if self.end_at is None else min(now, self.end_at)
        return max(self._place_at(until), self._first)

    def _place_at(self, moment: datetime) -> int:
        place = self._guess(moment)
        while self._begin(place) > moment:
            place -= 1
        while self._begin(place + 1) <= moment:
            place += 1
        return place

    def _guess(self, moment: datetime) -> int:
        if self.every == "hour":
            return (moment - self._anchor) // HOUR
        day = (moment.astimezone(zone_of(self.timezone)) - self.offset).date()
        if self.every == "day":
            return day.toordinal()
        # The ordinal 7 is a Sunday.
        return day.toordinal() // 7 if self.every == "week" else day.year * 12 + day.month - 1

    def _begin(self, place: int) -> datetime:
        if self.every == "hour":
            return self._anchor + place * HOUR
        return _begin(self.cut, place)

    @cached_property
    def _anchor(self) -> datetime:
        """Hours are counted from an hour that begins here: they are equally long everywhere."""
        return instant_of(datetime(2000, 1, 1) + self.offset, self.timezone)

    def _key(self, place: int) -> str:
        begin = self._begin(place).astimezone(zone_of(self.timezone))
        written = begin.strftime(FORMATS[self.every])
        if self.every == "hour" and is_second(begin):
            return written + begin.strftime("%z")
        return written

    @staticmethod
    def _midnight(day: date) -> datetime:
        return datetime(day.year, day.month, day.day)


@dataclass(frozen=True)
class Window:
    """When a partition begins and ends, in UTC; the end is no longer part of it."""

    begin: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is in fact: 23 or 25 hours, where clocks change within a day."""
        return self.end - self.begin


@lru_cache(maxsize=65_536)
def _begin(cut: Calendar, place: int) -> datetime:
    if cut.every == "month":
        day = datetime(place // 12, place % 12 + 1, 1)
    else:
        day = datetime.fromordinal(place if cut.every == "day" else place * 7)
    return instant_of(day + cut.offset, cut.timezone)


@lru_cache(maxsize=65_536)
def _place(cut: Calendar, partition: str) -> int:
    written = FORMATS[cut.every]
    for form in (written, written + "%z"):
        try:
            told = datetime.strptime(partition, form)
        except ValueError:
            continue
        if told.year not in YEARS:
            break
        moment = told if told.tzinfo else instant_of(told, cut.timezone, fold=0)
        place = cut._place_at(moment.astimezone(UTC))
        for near in (place, place + 1):
            if cut._key(near) == partition:
                return near
    first = cut._key(cut._place_at(datetime(2013, 1, 7, tzinfo=UTC)))
    raise ConfigError(
        f'"{partition}" is no {cut.every} of this calendar: expected one such as {first}'
    )
