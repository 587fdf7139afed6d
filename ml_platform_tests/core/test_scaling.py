import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.errors import ConfigError
from ml_platform.core.scaling import GROW, SHRINK, STAY, Look, ScalingPolicy, remembered, step

POLICY = ScalingPolicy(least=2, most=4, target=10, tolerance=0.1, up_seconds=2, down_seconds=5)


def looked(*loads: float) -> tuple[Look, ...]:
    """One look a second."""
    return tuple(Look(float(at), load) for at, load in enumerate(loads))


def test_a_load_above_the_target_for_long_enough_adds_one_worker():
    assert step(POLICY, looked(30, 30, 30), 2) == GROW
    assert step(POLICY, looked(300, 300, 300), 2) == GROW


def test_a_worker_is_not_added_before_the_hold_time_is_over():
    assert step(POLICY, looked(30, 30), 2) == STAY
    assert step(POLICY, (), 2) == STAY


def test_one_quiet_look_within_the_hold_time_holds_growth_back():
    assert step(POLICY, looked(30, 30, 5, 30), 2) == STAY


def test_a_load_within_the_tolerance_changes_nothing():
    assert step(POLICY, looked(22, 22, 22), 2) == STAY
    assert step(POLICY, looked(22.1, 22.1, 22.1), 2) == GROW


def test_there_are_never_more_workers_than_the_most():
    assert step(POLICY, looked(300, 300, 300), 4) == STAY
    assert step(POLICY, looked(300, 300, 300), 5) == SHRINK


def test_a_worker_goes_once_the_load_was_low_for_the_whole_hold_time():
    assert step(POLICY, looked(1, 1, 1, 1, 1), 3) == STAY
    assert step(POLICY, looked(1, 1, 1, 1, 1, 1), 3) == SHRINK


def test_one_busy_look_within_the_hold_time_keeps_the_worker():
    assert step(POLICY, looked(1, 1, 25, 1, 1, 1), 3) == STAY
    assert step(POLICY, looked(25, 1, 1, 1, 1, 1, 1), 3) == SHRINK


def test_there_are_never_fewer_workers_than_the_least():
    assert step(POLICY, looked(*[0] * 9), 2) == STAY
    assert step(POLICY, (), 1) == GROW


@given(
    load=st.floats(0, 1000),
    workers=st.integers(1, 40),
    target=st.floats(0.5, 100),
    tolerance=st.floats(0, 0.9),
)
def test_a_constant_load_settles_and_never_adds_and_drops_in_turn(load, workers, target, tolerance):
    policy = ScalingPolicy(1, 40, target, tolerance, up_seconds=0, down_seconds=0)
    looks, steps = (Look(0.0, load),), []
    for _ in range(60):
        steps.append(step(policy, looks, workers))
        workers += steps[-1]
        assert 1 <= workers <= 40
    assert steps[-1] == STAY
    assert not {GROW, SHRINK} <= set(steps)


@given(load=st.floats(0, 1000), target=st.floats(0.5, 100))
def test_growing_ends_at_what_the_autoscaler_of_kubernetes_computes(load, target):
    policy = ScalingPolicy(1, 10_000, target, tolerance=0, up_seconds=0, down_seconds=0)
    workers = 1
    while step(policy, (Look(0.0, load),), workers) == GROW:
        workers += 1
    assert (workers - 1) * target < load or workers == 1
    assert workers * target >= load


def test_what_no_window_reaches_is_forgotten_and_a_full_window_stays_full():
    looks: tuple[Look, ...] = ()
    for at in range(1000):
        looks = remembered(POLICY, looks, Look(at / 2, 1.0))
        assert len(looks) <= 11
    assert looks[0].at == looks[-1].at - 5
    late = remembered(POLICY, looks, Look(looks[-1].at + 100, 1.0))
    assert len(late) == 2, "the newest one that is old enough stays"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"least": 0}, "--workers"),
        ({"least": 3, "most": 2}, "--max-workers"),
        ({"target": 0.0}, "--target-in-flight"),
        ({"target": float("inf")}, "--target-in-flight"),
    ],
)
def test_bounds_that_cannot_be_are_refused_by_the_name_of_the_option(wrong, named):
    with pytest.raises(ConfigError, match=named):
        ScalingPolicy(**wrong)


@pytest.mark.parametrize(
    "wrong", [{"tolerance": 1.0}, {"tolerance": -0.1}, {"up_seconds": -1}, {"down_seconds": -1}]
)
def test_a_pace_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="tolerance"):
        ScalingPolicy(**wrong)
