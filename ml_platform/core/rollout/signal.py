"""The alarm signals of a rollout: what is measured, against which limit, and what it showed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isnan
from typing import Any

from ml_platform.core.figures import short
from ml_platform.core.rollout.betting import log_capital
from ml_platform.core.rollout.plan import Stage
from ml_platform.core.rollout.value_counts import NOTHING, ValueCounts
from ml_platform.core.serving_spec import RolloutSpec


class Signal(StrEnum):
    """What can raise an alarm; the value is its key in the declaration."""

    ERROR_RATE = "max_error_rate"
    SLOW_SHARE = "max_slow_share"
    DIVERGENCE = "max_divergence"
    LOSS = "max_loss"

    @property
    def said(self) -> str:
        """As people say it."""
        return _SAID[self]


_SAID = {
    Signal.ERROR_RATE: "error rate",
    Signal.SLOW_SHARE: "share of slow answers",
    Signal.DIVERGENCE: "mean difference to the champion's scores",
    Signal.LOSS: "loss in excess of the champion's",
}
# Scores are compared on the same rows, which a canary and the champion never answer both. Errors
# in the shadow are nobody's answers: one that scores nothing has no requests, and so waits.
_NEEDED = {
    "shadow": (Signal.SLOW_SHARE, Signal.DIVERGENCE),
    "canary": (Signal.ERROR_RATE, Signal.SLOW_SHARE),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured of one signal since the rollout began.

    Attributes:
        signal: which.
        challenger: the values, one per request; of the loss moved to 0..1, see `excess`, and of a
            canary's loss one per block of requests.
        champion: the champion's own over the same time, where it has the same measure.
        compared: of the loss, how many labelled requests stand behind the values.
        missing: why nothing could be measured just now; empty where it could.
    """

    signal: Signal
    challenger: ValueCounts = NOTHING
    champion: ValueCounts = NOTHING
    compared: int = 0
    missing: str = ""

    @property
    def requests(self) -> int:
        """How many requests of the challenger stand behind the values."""
        return self.compared or round(self.challenger.total)


def declared(spec: RolloutSpec) -> tuple[Signal, ...]:
    """The signals that have a limit."""
    return tuple(Signal(name) for name in spec.signals)


def needed(spec: RolloutSpec, stage: Stage) -> tuple[Signal, ...]:
    """The declared signals without which a stage cannot be left.

    Labels come late: the loss is needed for the promotion only.
    """
    return tuple(each for each in declared(spec) if each in _NEEDED[stage.role])


def limit_of(spec: RolloutSpec, signal: Signal) -> float:
    """The limit on the scale of a reading's values."""
    limit = float(getattr(spec, signal))
    return (1 + limit) / 2 if signal is Signal.LOSS else limit


def level(spec: RolloutSpec) -> float:
    """The level of each signal's test: `false_rollbacks` shared among them (Bonferroni)."""
    return spec.false_rollbacks / len(spec.signals)


def evidence(spec: RolloutSpec, reading: Reading) -> dict[str, Any]:
    """What a reading says, for the ledger."""
    limit = limit_of(spec, reading.signal)
    return {
        "requests": reading.requests,
        "value": shown(reading.signal, reading.challenger.mean),
        "champion": shown(reading.signal, reading.champion.mean),
        "limit": shown(reading.signal, limit),
        "log_capital": log_capital(reading.challenger, limit),
        "missing": reading.missing,
    }


def shown(signal: Signal, value: float) -> float | None:
    """A value on the scale of the declaration; None where there is none."""
    if isnan(value):
        return None
    return 2 * value - 1 if signal is Signal.LOSS else value


def sentence(spec: RolloutSpec, reading: Reading) -> str:
    """A reading that has values, in words."""
    told = evidence(spec, reading)
    return (
        f"{reading.signal.said} {short(told['value'], 4)} over {told['requests']:,} requests, "
        f"limit {short(told['limit'], 4)}"
    )
