"""A backlog is taken in before the days that look back on it."""

from __future__ import annotations

from ml_platform.core.landing import IngestionPlan, behind_backlog, plan_ingestion
from ml_platform_tests.core.test_landing import DAYS, DELAY, NOW, landed

BACKLOG = [landed(table, day) for day in DAYS[:3] for table in ("flights", "weather", "outcomes")]
TODAY = [landed(table, DAYS[3]) for table in ("flights", "weather")]


def due(files: list) -> IngestionPlan:
    return plan_ingestion(files, {}, [DELAY], DAYS, NOW)


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
    plan = plan_ingestion(young, {}, [DELAY], DAYS, NOW, {"flights": 0})

    assert [run.tables for run in plan.runs] == [frozenset({"flights"})]
    assert f"weather/{DAYS[0]}.csv may still be growing" in plan.waiting
