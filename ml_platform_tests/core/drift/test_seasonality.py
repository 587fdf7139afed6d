from __future__ import annotations

import numpy as np

from ml_platform.core.drift.seasonality import phase_effects

PHASES = np.arange(140) % 7


def test_a_weekday_that_differs_is_found() -> None:
    series = np.random.default_rng(0).normal(0, 0.1, 140) + np.where(PHASES == 6, 2.0, 0.0)

    effects = phase_effects(series, PHASES, 7)

    assert effects[6] > 1.5
    assert np.abs(effects[:6] + 2 / 7).max() < 0.1


def test_noise_is_not_taken_for_a_season() -> None:
    random = np.random.default_rng(1)
    raw, shrunken = [], []
    for _ in range(50):
        series = random.normal(0, 1, 140)
        means = [series[phase == PHASES].mean() for phase in range(7)]
        raw.append(np.square(means).mean())
        shrunken.append(np.square(phase_effects(series, PHASES, 7)).mean())

    assert np.mean(shrunken) < 0.4 * np.mean(raw)
    assert min(shrunken) == 0
