"""A backlog is taken in before the days that look back on it; what broke is tried again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.landing import IngestionPlan, IngestionRun, plan_ingestion
from ml_platform.core.landing_backlog import (
    ATTEMPTS,
    PAUSES,
    Asked,
    End,
    Standing,
    behind_backlog,
    go_on,
    left_of,
    split_run,
)
from ml_platform_tests.core.test_landing import CALENDARS, DAYS, DELAY, NOW, landed

BACKLOG = [landed(table, day) for day in DAYS[:3] for table in ("flights", "weather", "outcomes")]
TODAY = [landed(table, DAYS[3]) for table in ("flights", "weather")]


def due(files: list) -> IngestionPlan:
    return plan_ingestion(files, {}, [DELAY], CALENDARS, NOW)


RANGE = due(BACKLOG).runs[0]
RUN = due(TODAY).runs[0]
BROKE = {RUN.key: Standing(End.BROKEN, NOW)}


def broken(run: IngestionRun, at: float = NOW) -> IngestionRun:
    """The repeat of a run of one day that broke."""
    [again] = left_of(run, Standing(End.BROKEN, at))
    return again


def test_without_a_backlog_nothing_is_held_back() -> None:
    plan = due(TODAY)

    assert behind_backlog(plan, going=False) is plan


def test_the_day_after_a_backlog_waits_and_is_not_taken_as_handled() -> None:
    plan = behind_backlog(due([*BACKLOG, *TODAY]), going=False)

    assert [run.partitions for run in plan.runs] == [DAYS[:3]]
    assert set(plan.taken) == set(BACKLOG)
    assert plan.waiting[0] == "2 files wait for the backlog before them"


def test_nothing_starts_while_a_backlog_is_under_way() -> None:
    plan = behind_backlog(due(TODAY), going=True)

    assert plan.runs == ()
    assert plan.taken == ()


def test_a_backlog_alone_holds_nothing_back() -> None:
    assert behind_backlog(due(BACKLOG), going=False).waiting == ()


def test_a_table_whose_files_are_moved_in_whole_need_not_settle() -> None:
    young = [landed("flights", DAYS[0], at=NOW), landed("weather", DAYS[0], at=NOW)]
    plan = plan_ingestion(young, {}, [DELAY], CALENDARS, NOW, {"flights": 0})

    assert [run.tables for run in plan.runs] == [frozenset({"flights"})]
    assert f"weather/{DAYS[0]}.csv may still be growing" in plan.waiting


def test_a_range_that_failed_is_taken_apart_into_runs_of_their_own() -> None:
    days = split_run(RANGE)

    assert [day.partitions for day in days] == [(DAYS[0],), (DAYS[1],), (DAYS[2],)]
    assert {(day.tables, day.labelled) for day in days} == {(RANGE.tables, RANGE.labelled)}
    assert len({RANGE.key, *(day.key for day in days)}) == 4


@pytest.mark.parametrize("end", [End.REFUSED, End.BROKEN])
def test_a_failed_range_is_tried_day_by_day_whatever_it_failed_of(end: End) -> None:
    assert left_of(RANGE, Standing(end, NOW)) == split_run(RANGE)


@pytest.mark.parametrize("standing", [None, Standing()])
def test_a_run_that_has_not_ended_is_still_to_be_done(standing: Standing | None) -> None:
    assert left_of(RUN, standing) == (RUN,)


@pytest.mark.parametrize("end", [End.WELL, End.REFUSED, End.CANCELED])
def test_what_went_well_was_refused_or_cancelled_is_not_repeated(end: End) -> None:
    assert left_of(RUN, Standing(end, NOW)) == ()


def test_a_day_that_keeps_breaking_is_tried_three_times_with_a_growing_pause() -> None:
    run, pauses = RUN, []
    while left_of(run, Standing(End.BROKEN, NOW)):
        run = broken(run)
        pauses.append(run.not_before - NOW)

    assert run.attempt == ATTEMPTS == 3
    assert tuple(pauses) == PAUSES == tuple(sorted(PAUSES))
    assert len({RUN.key, broken(RUN).key, run.key}) == 3


def test_the_repeat_waits_out_its_pause_and_says_so() -> None:
    waits = go_on(Asked(alone=(RUN,)), BROKE, set(), NOW + 10)

    assert waits.runs == ()
    assert waits.asked == Asked(repeats=(broken(RUN),))
    assert waits.waiting == (
        "attempt 2 of 3 at flights, weather of 2013-01-04 is due in 20 s: the one before broke",
    )


def test_the_repeat_is_asked_for_once_its_pause_is_over() -> None:
    again = broken(RUN)

    then = go_on(Asked(repeats=(again,)), {}, set(), NOW + PAUSES[0])

    assert then.runs == (again,)
    assert then.asked == Asked(alone=(again,))
    assert then.waiting == ()


def test_a_repeat_waits_for_another_run_on_its_partition() -> None:
    again = broken(RUN)

    then = go_on(Asked(repeats=(again,)), {}, {("weather", DAYS[3])}, NOW + 999)

    assert then.runs == ()
    assert then.asked == Asked(repeats=(again,))
    assert then.waiting == (
        "attempt 2 of 3 at flights, weather of 2013-01-04 waits for the run that takes in its "
        "partition",
    )


def test_two_repeats_on_one_partition_follow_one_another() -> None:
    first = broken(RUN)
    second = replace(first, fingerprints=("landed again",))

    then = go_on(Asked(repeats=(first, second)), {}, set(), NOW + 999)

    assert then.runs == (first,)
    assert then.asked == Asked(alone=(first,), repeats=(second,))


def test_a_run_that_is_under_way_is_left_to_itself() -> None:
    asked = Asked(alone=(RUN,))

    assert go_on(asked, {RUN.key: Standing()}, set(RUN.takes_in), NOW).asked == asked


def test_a_run_that_a_person_deleted_is_forgotten() -> None:
    assert go_on(Asked(alone=(RUN,)), {}, set(), NOW).asked == Asked()


def test_the_first_of_a_backlog_is_asked_for_until_it_exists_and_the_next_when_it_has_ended() -> (
    None
):
    asked = Asked().with_new(split_run(RANGE), in_order=True)
    first, second, third = asked.backlog

    assert go_on(asked, {}, set(), NOW).runs == (first,)
    assert go_on(asked, {first.key: Standing()}, set(), NOW).runs == ()
    then = go_on(asked, {first.key: Standing(End.REFUSED, NOW)}, set(), NOW)
    assert (then.runs, then.asked) == ((second,), Asked(backlog=(second, third)))


def test_a_day_of_a_backlog_that_broke_holds_up_the_days_that_look_back_on_it() -> None:
    first, second, third = split_run(RANGE)
    asked = Asked(backlog=(first, second, third))

    then = go_on(asked, {first.key: Standing(End.BROKEN, NOW)}, set(), NOW)

    assert then.runs == ()
    assert then.asked.backlog == (broken(first), second, third)
    assert "attempt 2 of 3 at flights, outcomes, weather of 2013-01-01" in then.waiting[0]


def test_new_runs_without_a_backlog_are_each_for_themselves() -> None:
    asked = Asked().with_new((RUN,), in_order=False)

    assert asked == Asked(alone=(RUN,))
    assert asked.awaited == (RUN,)


ENDS = st.sampled_from([None, End.BROKEN, End.REFUSED, End.WELL, End.CANCELED])


@given(st.lists(ENDS, min_size=1, max_size=60), st.booleans())
def test_however_runs_end_no_two_overlap_and_none_is_tried_more_than_thrice(
    ends: list[End | None], in_order: bool
) -> None:
    asked = Asked().with_new((RANGE,) if in_order else (RUN, *split_run(RANGE)), in_order)
    running: dict[str, IngestionRun] = {} if in_order else {run.key: run for run in asked.alone}
    known = {key: Standing() for key in running}
    tried: list[tuple[str, ...]] = [run.partitions for run in running.values()]
    for number, end in enumerate(ends):
        now = NOW + 60.0 * number
        if running and end:
            known[running.pop(next(iter(running))).key] = Standing(end, now)
        busy = {place for run in running.values() for place in run.takes_in}
        then = go_on(asked, known, busy, now)
        for run in then.runs:
            assert not run.takes_in & busy
            busy |= run.takes_in
            running[run.key], known[run.key] = run, Standing()
            tried.append(run.partitions)
        asked = then.asked

    assert max(tried.count(days) for days in tried or [()]) <= ATTEMPTS


CAUSE = "features: KeyError: 'amount'"


def fail_on(
    asked: Asked, end: End, cause: str, most: int = 40, code: str = "a"
) -> tuple[int, Asked]:
    """Look again and again for an hour's pauses where each run fails so; how many were tried."""
    tried, known, now = 0, {}, NOW
    for _ in range(most):
        then = go_on(asked, known, set(), now, code)
        asked = then.asked
        for run in then.runs:
            tried += 1
            known[run.key] = Standing(end, now, cause)
        now += 5.0
    return tried, asked


@pytest.mark.parametrize("end", [End.BROKEN, End.REFUSED])
def test_days_that_fail_as_their_range_did_are_held_after_two(end: End) -> None:
    long = replace(
        RANGE, partitions=tuple(f"2013-{m:02}-{d:02}" for m in (1, 2) for d in range(1, 29))
    )

    tried, asked = fail_on(Asked(backlog=(long,)), end, CAUSE)

    assert tried == 3
    [hold] = asked.holds
    assert (hold.cause, hold.times, hold.stands) == (CAUSE, 2, True)
    waits = go_on(asked, {}, set(), hold.at + 60, "a")
    assert waits.runs == ()
    assert f"2 in a row failed of the same: {CAUSE}" in waits.waiting[0]
    assert len(waits.waiting) == 1


def test_failures_of_which_each_has_its_own_cause_hold_nothing() -> None:
    asked, known, tried = Asked(backlog=split_run(RANGE)), {}, 0
    for number in range(8):
        then = go_on(asked, known, set(), NOW)
        asked, tried = then.asked, tried + len(then.runs)
        known |= {r.key: Standing(End.REFUSED, NOW, f"cause {number}") for r in then.runs}

    assert (tried, asked) == (3, Asked())


def held(end: End) -> Asked:
    """A list that is held after its range and two failures alike."""
    return fail_on(Asked(backlog=(RANGE, RUN)), end, CAUSE)[1]


def test_a_probe_comes_after_pauses_that_grow_and_its_success_frees_the_rest() -> None:
    asked, known, gaps = held(End.BROKEN), {}, []
    for _ in range(4):
        [hold] = asked.holds
        gaps.append(hold.until - hold.at)
        [probe] = go_on(asked, known, set(), hold.until, "a").runs
        asked = go_on(
            asked, {probe.key: Standing(End.BROKEN, hold.until, CAUSE)}, set(), 0, "a"
        ).asked
    assert gaps == [600, 3_600, 21_600, 21_600]

    [probe] = go_on(asked, {}, set(), asked.holds[0].until, "a").runs
    then = go_on(asked, {probe.key: Standing(End.WELL, NOW)}, set(), NOW, "a")

    assert probe.partitions == (DAYS[0],)
    assert [run.partitions for run in then.runs] == [(DAYS[1],)]
    assert then.asked.holds == ()


def test_other_code_frees_the_list_and_what_was_refused_is_tried_again() -> None:
    asked = held(End.REFUSED)
    [hold] = asked.holds
    assert [run.partitions[0] for run in asked.backlog] == [DAYS[2], DAYS[3]]

    then = go_on(asked, {}, set(), hold.at + 1, "b")

    assert [run.partitions for run in then.runs] == [(DAYS[0],)]
    assert [run.partitions[0] for run in then.asked.backlog] == list(DAYS[:4])
    assert then.runs[0].key != hold.days[0].key


def test_a_file_that_landed_again_frees_the_list() -> None:
    asked = held(End.BROKEN)

    looks = {f"flights/{DAYS[0]}": "corrected"}

    assert [run.partitions for run in go_on(asked, {}, set(), NOW, "a", looks).runs] == [(DAYS[0],)]


def test_a_run_that_a_person_repeated_with_success_frees_the_list_and_is_not_done_again() -> None:
    asked = held(End.BROKEN)
    [hold] = asked.holds

    then = go_on(asked, {hold.run.key: Standing(End.WELL, hold.at + 9)}, set(), hold.at + 10, "a")

    assert [run.partitions for run in then.runs] == [(DAYS[1],)]
    assert then.asked.holds == ()


def test_a_range_whose_process_died_goes_on_where_it_stopped() -> None:
    done = frozenset({"flights/raw"})
    standing = Standing(End.DIED, NOW, "its process ended", done)

    [again] = left_of(RANGE, standing)

    assert (again.partitions, again.attempt, again.done) == (RANGE.partitions, 2, done)
    assert again.not_before == NOW + PAUSES[0]
    days = left_of(replace(again, attempt=ATTEMPTS), replace(standing, done=frozenset({"b/c"})))
    assert [day.partitions for day in days] == [(day,) for day in RANGE.partitions]
    assert {(day.done, day.attempt) for day in days} == {(done | {"b/c"}, 1)}


def test_a_run_of_several_groups_belongs_to_one() -> None:
    asked = Asked(backlog=(RANGE,), alone=(RUN,), repeats=(RUN,))

    groups = [asked.of(frozenset({table})) for table in ("flights", "weather", "outcomes")]

    assert groups[0].beside(groups[1]).beside(groups[2]) == asked
