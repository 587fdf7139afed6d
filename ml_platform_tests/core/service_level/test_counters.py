from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.service_level.counters import Counters, added, increase

COUNTS = st.lists(st.integers(0, 50), min_size=1, max_size=30)


def reading(ok: float, failed: float = 0.0) -> Counters:
    return Counters({"2xx": ok, "5xx": failed}, {"timeout": failed}, {0.1: ok, float("inf"): ok})


@given(COUNTS, st.sets(st.integers(0, 29)))
def test_steps_add_up_to_all_that_was_counted_between_starts(
    steps: list[int], restarts: set[int]
) -> None:
    total, counted = Counters(), 0.0
    before = reading(0)
    for i, step in enumerate(steps):
        # A restart that is followed by more requests than before cannot be seen by anybody.
        fresh = i in restarts and step < before.answered["2xx"]
        after = reading(step if fresh else before.answered["2xx"] + step)
        total = added(total, increase(before, after))
        counted += step
        before = after
    assert total.answered.get("2xx", 0.0) == counted
    assert total.at_most.get(0.1, 0.0) == counted


def test_one_counter_that_fell_says_that_all_began_anew() -> None:
    found = increase(reading(10, failed=5), reading(12, failed=1))
    assert found.answered == {"2xx": 12, "5xx": 1}
    assert found.errors == {"timeout": 1}


def test_a_counter_that_is_gone_says_so_too() -> None:
    before = Counters(errors={"timeout": 2.0}, at_most={1.0: 3.0})
    assert increase(before, Counters(at_most={1.0: 9.0})).at_most == {1.0: 9.0}
    assert increase(Counters(at_most={1.0: 3.0}), Counters()).at_most == {}


def test_requests_are_all_answers_and_failures_those_with_5xx() -> None:
    counters = Counters({"2xx": 7.0, "4xx": 2.0, "5xx": 1.0})
    assert (counters.requests, counters.failed) == (10, 1)
    assert Counters().failed == 0
