"""The days of a soak: what lands when, what is killed when, and what must have come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from ml_platform_tests.soak.platform_process import PARTS
from ml_platform_tests.soak.shop import TIME_ZONE

HISTORY_DAYS = 14
FIRST_DAY = date(2025, 10, 17)
"""So that two weeks of history end a day before the night in which clocks are set back."""


def ends_at(day: date) -> datetime:
    """The moment at which a day of the shop is over."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(TIME_ZONE))
    return midnight.astimezone(UTC)


@dataclass(frozen=True)
class Day:
    """One live day.

    Attributes:
        day: in the shop's own zone.
        early: its orders lie there before it is over, and have to wait.
        late_orders: days whose orders land only now.
        corrected: a day whose returns land again with other bytes.
        killed: the part that is killed while the day is taken in; "up" is all of them.
        after_seconds: how long after the landing.
    """

    day: date
    early: bool = False
    withheld: bool = False
    late_orders: tuple[date, ...] = ()
    corrected: date | None = None
    killed: str | None = None
    after_seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """What happens on every day, drawn once from a seed."""

    days: int = 65
    seed: int = 11
    kills: int = 24
    first: date = field(default=FIRST_DAY)

    @property
    def history(self) -> list[date]:
        """The days that lie there before the platform is started."""
        return [self.first + timedelta(days=i) for i in range(HISTORY_DAYS)]

    def live(self) -> list[Day]:
        """The days that are lived through, in order."""
        random = Random(self.seed)
        begin = self.first + timedelta(days=HISTORY_DAYS)
        dates = [begin + timedelta(days=i) for i in range(self.days)]
        victims = [*PARTS, "run", "run", "up", "up"]
        killed = dict(
            zip(
                random.sample(range(1, self.days), min(self.kills, self.days - 1)),
                (victims[i % len(victims)] for i in range(self.kills)),
                strict=False,
            )
        )
        return [
            Day(
                day,
                early=i % 5 == 1,
                withheld=i % 9 == 4 and i + 3 < self.days,
                late_orders=(dates[i - 3],) if i % 9 == 7 else (),
                corrected=dates[i - 4] if i % 7 == 5 else None,
                killed=killed.get(i),
                after_seconds=round(random.uniform(0.0, 12.0), 1),
            )
            for i, day in enumerate(dates)
        ]
