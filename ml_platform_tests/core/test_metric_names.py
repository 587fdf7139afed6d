from ml_platform.core.metric_names import HIGHER_IS_BETTER, LOWER_IS_BETTER, METRICS, gain


def test_every_metric_has_a_better_direction() -> None:
    assert set(HIGHER_IS_BETTER) == set(METRICS)
    assert set(METRICS) >= LOWER_IS_BETTER


def test_a_gain_is_positive_whichever_way_is_better() -> None:
    assert gain("recall", 0.6, 0.5) > 0
    assert gain("brier", 0.15, 0.17) > 0
