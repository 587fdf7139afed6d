"""The same columns as peers measured them, recorded by `benchmarks.peers.golden_statistics`.

Left out, because they measure something else: distances of numbers over bins of the peers' own
choice, and Evidently's chi-squared and Kolmogorov-Smirnov, which are p-values.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ml_platform.core.drift.statistics import STATISTICS
from ml_platform_tests.core.drift.peer_samples import CATEGORIES, NUMBERS
from ml_platform_tests.core.drift.profiles import edges_of, profiled

GOLDEN = json.loads(Path(__file__).with_name("peer_statistics.json").read_text())
RECORDED = [
    (peer, name, statistic, value)
    for peer, columns in GOLDEN.items()
    for name, statistics in columns.items()
    for statistic, value in statistics.items()
]


def _ours(name: str, statistic: str) -> float:
    reference, analysis = (NUMBERS | CATEGORIES)[name]
    edges = edges_of(reference)
    measure = STATISTICS[statistic].measure
    return measure(profiled(reference, edges), profiled(analysis, edges))


@pytest.mark.parametrize(
    ("peer", "name", "statistic", "value"), [r for r in RECORDED if r[1] in CATEGORIES]
)
def test_of_categories_ours_is_what_peers_say(
    peer: str, name: str, statistic: str, value: float
) -> None:
    assert _ours(name, statistic) == pytest.approx(value, rel=1e-9, abs=1e-7)


@pytest.mark.parametrize(
    ("peer", "name", "statistic", "value"), [r for r in RECORDED if r[2] == "kolmogorov_smirnov"]
)
def test_of_numbers_ours_misses_less_than_a_bin_of_what_peers_say(
    peer: str, name: str, statistic: str, value: float
) -> None:
    assert value - 1 / 64 <= _ours(name, statistic) <= value + 1e-12


@pytest.mark.parametrize(
    ("peer", "name", "statistic", "value"), [r for r in RECORDED if r[2] == "wasserstein"]
)
def test_a_distance_over_the_middle_is_most_of_what_peers_find_over_all(
    peer: str, name: str, statistic: str, value: float
) -> None:
    reference, _ = NUMBERS[name]
    low, high = np.quantile(reference, [0.02, 0.98])
    unit = float(np.std(reference)) if peer == "evidently" else 1.0
    whole = value * unit / (high - low)

    # The least where the tails carry most of the change: a column that grew wider.
    assert 0.7 * whole <= _ours(name, statistic) <= 1.03 * whole
