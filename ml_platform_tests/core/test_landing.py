from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.landing import (
    Handled,
    IngestionPlan,
    LandedFile,
    ModelFlow,
    Place,
    Unchanged,
    plan_ingestion,
)

DAYS = tuple(f"2013-01-{day:02}" for day in range(1, 11))
NOW = datetime(2013, 1, 20, tzinfo=UTC).timestamp()
CALENDAR = Calendar("day", date(2013, 1, 1), date(2013, 1, 11))
CALENDARS = dict.fromkeys(("flights", "weather", "outcomes", "airports"), CALENDAR)
DELAY = ModelFlow("flight_delay", frozenset({"flights", "weather"}), "outcomes")


def landed(table: str, day: str, at: float = 0.0, content: str | None = None) -> LandedFile:
    return LandedFile(table, day, f"{table}/{day}.csv", 10, at, content or f"{table} {day}")


def plan(
    files: Iterable[LandedFile],
    handled: Mapping[str, Handled] | None = None,
    largest: int = 120,
    busy: Set[Place] = frozenset(),
) -> IngestionPlan:
    return plan_ingestion(
        files, handled or {}, [DELAY], CALENDARS, NOW, largest_range=largest, busy=busy
    )


def handled_of(files: Iterable[LandedFile]) -> dict[str, Handled]:
    return {file.name: Handled(file.fingerprint, file.sha256) for file in files}


class Counting(LandedFile):
    """A file that counts how often it is compared with another."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Counting.compared += 1
        return self is other

    __hash__ = LandedFile.__hash__


TABLES = st.sampled_from(["flights", "weather", "outcomes", "airports"])
FILES = st.lists(
    st.builds(
        landed,
        TABLES,
        st.sampled_from([*DAYS, "2014-02-30"]),
        st.sampled_from([0.0, 5.0, NOW - 1]),
        st.sampled_from([None, "other bytes"]),
    ),
    unique_by=lambda file: file.name,
)


def test_a_day_whose_inputs_are_complete_runs_with_its_model() -> None:
    (run,) = plan([landed("flights", DAYS[0]), landed("weather", DAYS[0])]).runs

    assert run.partitions == (DAYS[0],)
    assert run.tables == {"flights", "weather"}
    assert run.models == {"flight_delay"}
    assert run.labelled == frozenset()


def test_a_day_that_lacks_an_input_lands_without_the_model_and_says_what_is_awaited() -> None:
    found = plan([landed("flights", DAYS[0])])

    assert [run.models for run in found.runs] == [frozenset()]
    assert found.waiting == ("flight_delay of 2013-01-01 waits for weather",)


def test_what_is_awaited_is_said_on_every_look_until_it_comes() -> None:
    flights = [landed("flights", day) for day in DAYS[:3]]

    found = plan(flights, handled_of(flights))

    assert found.runs == ()
    assert found.waiting == ("flight_delay of 2013-01-01 and 2 more waits for weather",)


def test_the_last_input_brings_the_model_even_when_the_others_came_before() -> None:
    flights, weather = landed("flights", DAYS[0]), landed("weather", DAYS[0])

    found = plan([flights, weather], handled_of([flights]))

    assert [(run.tables, run.models) for run in found.runs] == [({"weather"}, {"flight_delay"})]
    assert found.waiting == ()


def test_labels_bring_the_stages_that_follow_them_and_no_others() -> None:
    (run,) = plan([landed("outcomes", DAYS[0])]).runs

    assert (run.models, run.labelled) == (frozenset(), {"flight_delay"})


def test_events_corrected_after_their_labels_came_bring_the_stages_of_the_labels_too() -> None:
    before = [landed(table, DAYS[0]) for table in ("flights", "weather", "outcomes")]

    (run,) = plan([landed("flights", DAYS[0], 9.0, "corrected")], handled_of(before)).runs

    assert (run.models, run.labelled) == ({"flight_delay"}, {"flight_delay"})


def test_a_file_that_may_still_be_growing_is_left_alone() -> None:
    found = plan([landed("flights", DAYS[0], at=NOW - 1.9), landed("flights", DAYS[1], NOW - 2)])

    assert [run.partitions for run in found.runs] == [(DAYS[1],)]
    assert found.waiting[0] == "flights/2013-01-01.csv may still be growing"


def test_a_file_dated_ahead_is_ready_once_it_has_stayed_as_it_is() -> None:
    ahead = landed("flights", DAYS[0], at=NOW + 86_400)

    def ready(fingerprint: str, since: float) -> bool:
        unchanged = {ahead.name: Unchanged(fingerprint, since)}
        return plan_ingestion([ahead], {}, [], CALENDARS, NOW, unchanged=unchanged).growing == ()

    assert plan([ahead]).growing == (ahead,)
    assert not ready("as it was", NOW - 9)
    assert not ready(ahead.fingerprint, NOW - 1)
    assert ready(ahead.fingerprint, NOW - 2)
    assert Unchanged("x", NOW + 5).at(NOW) == Unchanged("x", NOW)


def test_a_file_that_the_file_system_stamped_anew_looks_other() -> None:
    file = replace(landed("flights", DAYS[0]), stamp="1.2")
    before = Handled(file.fingerprint, file.sha256)

    assert before.looks_like(file)
    assert not before.looks_like(replace(file, stamp="1.3"))
    assert Handled("10:0.000000", None).looks_like(file)
    assert before.size == 10


def test_a_file_for_no_partition_is_named_and_not_taken() -> None:
    found = plan([landed("airports", "2013-13-01", at=NOW)])

    assert (found.runs, found.taken) == ((), ())
    assert found.waiting == ("airports/2013-13-01.csv: airports has no partition 2013-13-01",)


def test_a_file_landed_again_with_the_same_bytes_asks_for_nothing() -> None:
    again = landed("airports", DAYS[0], at=9.0)

    found = plan([again], handled_of([landed("airports", DAYS[0])]))

    assert found.runs == ()
    assert found.taken == (again,)


@pytest.mark.parametrize("known", [None, "airports as it was"])
def test_a_file_landed_again_with_other_or_unknown_bytes_is_taken_in_again(
    known: str | None,
) -> None:
    handled = {f"airports/{DAYS[0]}": Handled("10:0.000000", known)}

    found = plan([landed("airports", DAYS[0], at=9.0)], handled)

    assert [run.partitions for run in found.runs] == [(DAYS[0],)]


def test_a_file_landed_again_waits_for_the_run_that_takes_in_its_partition() -> None:
    again, other = landed("flights", DAYS[0], at=9.0), landed("flights", DAYS[1])
    handled = {again.name: Handled("10:0.000000", "as it was")}

    found = plan([again, other], handled, busy={("flights", DAYS[0]), ("outcomes", DAYS[1])})

    assert [run.partitions for run in found.runs] == [(DAYS[1],)]
    assert found.taken == (other,)
    assert (
        found.waiting[0] == "flights/2013-01-01.csv waits for the run that takes in its partition"
    )


def test_an_input_waits_while_another_of_the_same_model_and_partition_is_taken_in() -> None:
    handled = handled_of([landed("flights", DAYS[0])])
    weather, airports = landed("weather", DAYS[0]), landed("airports", DAYS[0])

    found = plan([weather, airports], handled, busy={("flights", DAYS[0])})

    assert [run.tables for run in found.runs] == [{"airports"}]
    assert found.taken == (airports,)
    (later,) = plan([weather], handled).runs
    assert later.models == {"flight_delay"}


def test_neighbours_become_one_run_and_a_gap_or_another_selection_parts_them() -> None:
    airports = [landed("airports", DAYS[i]) for i in (0, 1, 2, 4, 5)]

    runs = plan([*airports, landed("outcomes", DAYS[5])]).runs

    assert [run.partitions for run in runs] == [DAYS[:3], (DAYS[4],), (DAYS[5],)]


def test_tables_that_begin_on_different_days_are_taken_in_together() -> None:
    later = {**CALENDARS, "weather": Calendar("day", date(2013, 1, 3))}
    files = [landed(table, day) for table in ("flights", "weather") for day in DAYS[3:5]]

    [run] = plan_ingestion(files, {}, [DELAY], later, NOW).runs

    assert (run.partitions, run.tables) == (DAYS[3:5], {"flights", "weather"})


def test_a_long_range_is_cut() -> None:
    runs = plan([landed("airports", day) for day in DAYS], largest=4).runs

    assert [run.partitions for run in runs] == [DAYS[:4], DAYS[4:8], DAYS[8:]]


@given(st.integers(0, 4), st.floats(0.5, 100))
def test_the_key_of_a_range_changes_with_any_of_its_files(changed: int, at: float) -> None:
    before = [landed("airports", day) for day in DAYS[:5]]
    after = [landed("airports", day, at if i == changed else 0) for i, day in enumerate(DAYS[:5])]

    assert plan(before).runs[0].key == plan(list(before)).runs[0].key
    assert plan(before).runs[0].key != plan(after).runs[0].key


def test_the_work_of_a_plan_grows_with_its_files_and_no_faster() -> None:
    long = Calendar("day", date(1900, 1, 1))

    def compared(days: int) -> int:
        counted = Counting.compared
        keys = long.keys_to("2012-12-31", days)
        files = [Counting("airports", day, day, 10, 0.0, day) for day in keys]
        plan_ingestion(files, {}, [DELAY], {"airports": long}, NOW)
        return Counting.compared - counted

    assert compared(4_000) <= 2 * max(compared(2_000), 1)


@given(FILES, st.integers(1, 4))
def test_planning_again_with_its_files_handled_gives_no_runs(
    files: list[LandedFile], largest: int
) -> None:
    first = plan(files, largest=largest)

    again = plan(files, handled_of(first.taken), largest)

    assert (again.runs, again.taken) == ((), ())


@given(FILES, FILES, st.integers(1, 4))
def test_every_ready_file_is_in_exactly_one_run(
    files: list[LandedFile], before: list[LandedFile], largest: int
) -> None:
    handled = handled_of(before)
    found = plan(files, handled, largest)

    taken_in = Counter(f"{t}/{p}" for run in found.runs for p in run.partitions for t in run.tables)
    changed = [f for f in found.taken if not (f.name in handled and handled[f.name].same_bytes(f))]
    assert taken_in == Counter(file.name for file in changed)


@given(FILES, st.integers(1, 4))
def test_merging_into_ranges_keeps_every_partition_with_its_stages(
    files: list[LandedFile], largest: int
) -> None:
    def stages(found: IngestionPlan) -> list[tuple[object, ...]]:
        return [(p, r.tables, r.models, r.labelled) for r in found.runs for p in r.partitions]

    merged = plan(files, largest=largest)

    assert stages(merged) == stages(plan(files, largest=1))
    assert all(len(run.partitions) <= largest for run in merged.runs)
    assert len({run.key for run in merged.runs}) == len(merged.runs)


def test_a_file_that_lands_before_its_day_has_ended_waits_and_then_runs() -> None:
    early = [landed("flights", DAYS[2])]
    noon = datetime(2013, 1, 3, 12, tzinfo=UTC).timestamp()

    waits = plan_ingestion(early, {}, [DELAY], CALENDARS, noon)
    runs = plan_ingestion(early, {}, [DELAY], CALENDARS, noon + 12 * 3600)

    assert (waits.runs, waits.taken) == ((), ())
    assert "waits for the end of its partition at 2013-01-04 00:00 UTC" in waits.waiting[0]
    assert [run.partitions for run in runs.runs] == [(DAYS[2],)]


def test_files_of_no_partition_are_told_in_one_sentence_and_left_alone() -> None:
    strays = [
        landed("flights", "2012-12-31"),
        landed("flights", "2012-12-30"),
        landed("weather", ""),
    ]

    found = plan([*strays, landed("outcomes", DAYS[0])])

    assert [run.tables for run in found.runs] == [{"outcomes"}]
    assert found.waiting[:2] == (
        "flights/2012-12-31.csv: flights has no partition 2012-12-31, nor for 1 more file",
        "weather/.csv: weather has no partition of that name",
    )
    assert not set(strays) & set(found.taken)
