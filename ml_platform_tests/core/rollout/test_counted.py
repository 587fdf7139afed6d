"""Counters of the endpoint, summed over its restarts."""

from ml_platform.core.rollout.counted import Counted
from ml_platform.core.service_level.counters import Counters


def counters(well: float, failed: float = 0.0) -> Counters:
    return Counters({"2xx": well, "5xx": failed})


def test_what_was_counted_before_the_rollout_does_not_count() -> None:
    first = Counted("r").after({1: counters(1000, 50)})
    assert (first.since[1].requests, first.since[1].failed) == (0, 0)


def test_later_readings_add_up_by_version_over_a_restart() -> None:
    read = (
        Counted("r").after({1: counters(1000, 50)}).after({1: counters(1010, 51), 2: counters(3)})
    )
    again = read.after({1: counters(4, 1), 2: counters(1)})
    assert (again.since[1].requests, again.since[1].failed) == (16, 2)
    assert again.since[2].requests == 4


def test_it_is_remembered_from_tick_to_tick() -> None:
    read = Counted("r").after({1: counters(5)}).after({1: counters(9, 2)})
    assert Counted.from_json(read.to_json(), "r") == read


def test_another_rollout_and_an_unreadable_memory_begin_anew() -> None:
    read = Counted("r").after({1: counters(5)})
    assert Counted.from_json(read.to_json(), "another") == Counted("another")
    assert Counted.from_json("not json", "r") == Counted("r")
    assert Counted.from_json(None, "r") == Counted("r")
