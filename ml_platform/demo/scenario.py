"""What lands in the demo, day by day, and which faults are put in on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

MODEL = "flight_delay"
DECLARED_FAULT = "declared fault injection"


@dataclass(frozen=True)
class Scenario:
    """The calendar of the demo.

    Attributes:
        first_day: the first day of history.
        history_days: days that land at once.
        live_days: days that land one by one after them.
        broken_file_on: the day whose flights file lands broken, and again in order afterwards.
        bad_candidate_on: the day after which somebody asks for a retraining with parameters that
            cannot learn anything.
        bad_params: those parameters.
    """

    first_day: date = date(2013, 1, 1)
    history_days: int = 52
    live_days: int = 21
    broken_file_on: date = date(2013, 2, 28)
    bad_candidate_on: date = date(2013, 3, 3)
    bad_params: dict[str, Any] = field(
        default_factory=lambda: {"n_estimators": 1, "max_depth": 1, "learning_rate": 0.01}
    )

    def history(self) -> Iterator[date]:
        """The days that land at once."""
        return (self.first_day + timedelta(days=i) for i in range(self.history_days))

    def live(self) -> Iterator[date]:
        """The days that land one by one."""
        begin = self.first_day + timedelta(days=self.history_days)
        return (begin + timedelta(days=i) for i in range(self.live_days))
