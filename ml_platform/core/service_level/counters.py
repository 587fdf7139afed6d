"""Counters that only grow, read now and then, of a process that may start anew between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

_Key = TypeVar("_Key")


@dataclass(frozen=True)
class Counters:
    """What an endpoint has counted for one model since it started.

    Attributes:
        answered: requests by class of status, "2xx".
        errors: requests refused or failed, by kind.
        at_most: predictions by upper bound in seconds: how many took no longer. The last bound
            is infinite.
    """

    answered: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, float] = field(default_factory=dict)
    at_most: Mapping[float, float] = field(default_factory=dict)

    @property
    def requests(self) -> float:
        """Requests answered, refusals included."""
        return sum(self.answered.values())

    @property
    def failed(self) -> float:
        """Requests that failed through no fault of their sender: 5xx."""
        return self.answered.get("5xx", 0.0)


def increase(before: Counters, after: Counters) -> Counters:
    """What was counted between two readings.

    A counter that fell says that the endpoint began at zero in between: then all that it has
    counted since is new, as in Prometheus' `increase`
    (https://prometheus.io/docs/prometheus/latest/querying/functions/#increase); what it counted
    between the first reading and its end is lost.

    >>> increase(Counters({"2xx": 7.0}), Counters({"2xx": 9.0})).answered
    {'2xx': 2.0}
    >>> increase(Counters({"2xx": 7.0}), Counters({"2xx": 3.0})).answered
    {'2xx': 3.0}
    """
    if (
        _fell(before.answered, after.answered)
        or _fell(before.errors, after.errors)
        or _fell(before.at_most, after.at_most)
    ):
        return after
    return Counters(
        _difference(before.answered, after.answered),
        _difference(before.errors, after.errors),
        _difference(before.at_most, after.at_most),
    )


def added(one: Counters, other: Counters) -> Counters:
    """What was counted in two stretches together."""
    return Counters(
        _sum(one.answered, other.answered),
        _sum(one.errors, other.errors),
        _sum(one.at_most, other.at_most),
    )


def _fell(before: Mapping[_Key, float], after: Mapping[_Key, float]) -> bool:
    return any(after.get(key, 0.0) < value for key, value in before.items())


def _difference(before: Mapping[_Key, float], after: Mapping[_Key, float]) -> dict[_Key, float]:
    return {key: value - before.get(key, 0.0) for key, value in after.items()}


def _sum(one: Mapping[_Key, float], other: Mapping[_Key, float]) -> dict[_Key, float]:
    total = Counter(one)
    total.update(other)
    return dict(total)
