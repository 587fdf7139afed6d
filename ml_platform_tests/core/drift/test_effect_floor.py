from ml_platform.core.drift.effect_floor import MIN_EFFECT
from ml_platform.core.drift.statistics import STATISTICS


def test_every_statistic_has_a_floor() -> None:
    assert MIN_EFFECT.keys() == STATISTICS.keys()
    assert min(MIN_EFFECT.values()) > 0
