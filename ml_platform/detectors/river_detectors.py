"""The detectors of `river` by name, on daily shares of wrong decisions or sizes of errors.

Sources: ADWIN, Bifet and Gavalda (2007); DDM, Gama et al. (2004); HDDM_W, Frias-Blanco et al.
(2015); Page-Hinkley, Page (1954). Their defaults are kept where
nothing else is said beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ml_platform.core.concept_drift.matured_days import DayOfErrors
from ml_platform.core.errors import ConfigError

DECISIONS_A_DAY = 250
"""A day stands for at most so many errors, small and great spread evenly: enough to tell rates
apart, few enough that a year of any volume takes a second."""


def detected_changes(detector: str, days: Sequence[DayOfErrors]) -> list[bool]:
    """Whether a detector found a change of the errors on each day.

    It starts anew with the first day, so the same days give the same answer whenever asked.

    Args:
        detector: A name of `DETECTORS`.
        days: Oldest first.

    Raises:
        ConfigError: No such detector.
    """
    if detector not in DETECTORS:
        raise ConfigError(
            f'concept_drift.detector: given "{detector}". Valid choices: {", ".join(DETECTORS)}'
        )
    made = DETECTORS[detector]()
    found = []
    for day in days:
        changed = False
        for error in day.values(DECISIONS_A_DAY):
            made.update(error)
            changed |= made.drift_detected
        found.append(changed)
    return found


def _adwin() -> Any:
    from river.drift import ADWIN

    class RisingADWIN(ADWIN):  # type: ignore[misc]
        """It tells changes either way; a falling error rate is no harm.

        On a change it drops the older part of its window, so that its mean is the newer one's.
        """

        def update(self, x: Any) -> None:
            before = self.estimation
            super().update(x)
            self._drift_detected = self._drift_detected and self.estimation > before

    return RisingADWIN()


def _ddm() -> Any:
    from river.drift.binary import DDM

    return DDM()


def _hddm_w() -> Any:
    from river.drift.binary import HDDMW

    # The newest 100 decisions weigh most, not the newest 20: a day is told as an even mix.
    return HDDMW(lambda_val=0.01)


def _page_hinkley() -> Any:
    from river.drift import PageHinkley

    # A falling error rate is no harm.
    return PageHinkley(mode="up")


DETECTORS: dict[str, Callable[[], Any]] = {
    "adwin": _adwin,
    "ddm": _ddm,
    "hddm_w": _hddm_w,
    "page_hinkley": _page_hinkley,
}
