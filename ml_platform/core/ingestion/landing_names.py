"""The names of landing files: from a partition to the path its file has, and back.

A path is declared with a placeholder. `{partition}` alone stands for the key of a day, week or
month, `2013-01-07`, and for an hour as `2013-01-07-05`, since not every file system takes a colon;
the second of two equal hours, when clocks are put back, is `2013-11-03-01-0500`. A pattern of
`strftime` says it otherwise: `{partition:%Y%m%d%H}`, or `{partition:%Y/%m}/{partition:%d}`. It
tells when the partition begins, by the clock of the table's zone.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from ml_platform.core.ingestion.calendar import YEARS, Calendar, Grain
from ml_platform.core.ingestion.wall_clock import instant_of, is_second

PLACEHOLDER = re.compile(r"\{partition(?::(?P<pattern>[^{}]+))?\}")
DEFAULTS: dict[Grain, str] = {
    "hour": "%Y-%m-%d-%H",
    "day": "%Y-%m-%d",
    "week": "%Y-%m-%d",
    "month": "%Y-%m-%d",
}
_SAMPLES: dict[Grain, int] = {"hour": 60, "day": 800, "week": 120, "month": 30}


@dataclass(frozen=True)
class LandingNames:
    """How the files of one table are named.

    Attributes:
        path: as declared, with at least one placeholder.
        calendar: the table's.

    >>> from datetime import date
    >>> hourly = LandingNames("orders/{partition}.csv", Calendar("hour", date(2013, 1, 1)))
    >>> hourly.path_of("2013-01-07-05:00"), hourly.partition_of("orders/2013-01-07-05.csv")
    ('orders/2013-01-07-05.csv', '2013-01-07-05:00')
    >>> hourly.partition_of("orders/notes.csv") is None
    True
    """

    path: str
    calendar: Calendar

    def path_of(self, partition: str) -> str:
        """The path of the file of a partition, below the landing root."""
        begin = self.calendar.local_begin(partition)
        default = DEFAULTS[self.calendar.every]
        if self.calendar.every == "hour" and is_second(begin):
            default += "%z"
        return PLACEHOLDER.sub(lambda p: begin.strftime(p["pattern"] or default), self.path)

    def partition_of(self, path: str) -> str | None:
        """The partition whose file has this very path, None for any other."""
        found = self._named.fullmatch(path)
        if found is None:
            return None
        near = (key for moment in self._moments(found.groups()) for key in self._near(moment))
        return next((key for key in near if self.path_of(key) == path), None)

    @property
    def glob(self) -> str:
        """Matches each path that a file may have, and some others."""
        return "".join(
            glob.escape(text) if pattern is None else _for_each_folder(pattern, "*")
            for text, pattern in self._pieces
        )

    def confusion(self) -> tuple[str, str] | None:
        """A partition whose path is not read back as it, and that path; None where all are."""
        if all(pattern in (None, "") for _, pattern in self._pieces):
            return None
        for partition in self._samples():
            path = self.path_of(partition)
            if self.partition_of(path) != partition:
                return partition, path
        return None

    @cached_property
    def _pieces(self) -> list[tuple[str, str | None]]:
        """Text without a pattern, and patterns: empty for the default."""
        pieces: list[tuple[str, str | None]] = []
        at = 0
        for found in PLACEHOLDER.finditer(self.path):
            pieces += [(self.path[at : found.start()], None), ("", found["pattern"] or "")]
            at = found.end()
        return [*pieces, (self.path[at:], None)]

    @cached_property
    def _named(self) -> re.Pattern[str]:
        return re.compile(
            "".join(
                re.escape(text) if pattern is None else f"({_for_each_folder(pattern, '[^/]+')})"
                for text, pattern in self._pieces
            )
        )

    def _near(self, moment: datetime) -> Iterator[str]:
        """The partition of a moment, and the next: what a pattern leaves out is time gone by."""
        partition = self.calendar.partition_at(moment)
        yield partition
        yield self.calendar.partition_at(self.calendar.window(partition).end)

    def _moments(self, told: Sequence[str]) -> Iterator[datetime]:
        """What all placeholders together may say, or one where they say something twice."""
        default = DEFAULTS[self.calendar.every]
        for form in (default, default + "%z"):
            patterns = [p or form for _, p in self._pieces if p is not None]
            yield from self._read("\n".join(told), "\n".join(patterns))
            for text, pattern in zip(told, patterns, strict=True):
                yield from self._read(text, pattern)

    def _read(self, told: str, pattern: str) -> Iterator[datetime]:
        try:
            read = datetime.strptime(told, pattern)
        except (ValueError, re.error):
            return
        if read.year not in YEARS:
            return
        utc = read.astimezone(UTC) if read.tzinfo else None
        yield utc or instant_of(read, self.calendar.timezone, fold=0)

    def _samples(self) -> Iterator[str]:
        """The first partitions; of hours those of two years around each change of clocks, too."""
        key = self.calendar.partition_at(self.calendar.start_at)
        for _ in range(_SAMPLES[self.calendar.every]):
            yield key
            key = self.calendar.partition_at(self.calendar.window(key).end)
        if self.calendar.every == "hour":
            yield from self._hours_of_change()

    def _hours_of_change(self) -> Iterator[str]:
        for day in range(730):
            moment = self.calendar.start_at + timedelta(days=day)
            here, next_day = (
                self.calendar.local_begin(self.calendar.partition_at(each)).utcoffset()
                for each in (moment, moment + timedelta(days=1))
            )
            hours = range(0, 25) if here != next_day else (day % 24,)
            yield from (
                self.calendar.partition_at(moment + timedelta(hours=hour)) for hour in hours
            )


def _for_each_folder(pattern: str, instead: str) -> str:
    return "/".join([instead] * (pattern.count("/") + 1))
