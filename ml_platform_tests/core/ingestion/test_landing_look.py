"""What one group of tables waits for, or fails of, holds up no other."""

from __future__ import annotations

from ml_platform.core.ingestion.landing_look import Ground, Look, awaited, look
from ml_platform.core.landing import Handled, LandedFile, ModelFlow
from ml_platform.core.landing_backlog import Asked, End, Standing
from ml_platform_tests.core.test_landing import CALENDARS, DAYS, DELAY, NOW, landed

PRICES = ModelFlow("prices", frozenset({"prices"}), "sold")
ALL = Ground(
    [DELAY, PRICES],
    {**CALENDARS, "prices": CALENDARS["flights"], "sold": CALENDARS["flights"]},
    {},
    "code",
)


def at(
    files: list[LandedFile],
    asked: Asked | None = None,
    known: dict[str, Standing] | None = None,
    handled: dict[str, Handled] | None = None,
) -> Look:
    return look(ALL, asked or Asked(), files, handled or {}, known or {}, set(), NOW)


def test_the_backlog_of_one_model_holds_up_no_file_of_another() -> None:
    backlog = [landed(table, day) for day in DAYS[:4] for table in ("flights", "weather")]
    files = [*backlog, landed("prices", DAYS[3]), landed("prices", DAYS[6])]

    found = at(files)

    assert sorted((sorted(run.tables), len(run.partitions)) for run in found.runs) == [
        (["flights", "weather"], 4),
        (["prices"], 1),
        (["prices"], 1),
    ]
    assert not any("backlog" in said for said in found.waiting)


def test_the_failure_of_one_model_holds_up_no_file_of_another() -> None:
    first = at([landed(table, day) for day in DAYS[:4] for table in ("flights", "weather")])
    [over] = first.runs
    failed = Standing(End.BROKEN, NOW, "features: KeyError: 'x'")

    then = at([landed("prices", DAYS[0])], first.asked, {over.key: failed})

    assert [(sorted(run.tables), run.partitions) for run in then.runs] == [
        (["flights", "weather"], (DAYS[0],)),
        (["prices"], (DAYS[0],)),
    ]
    assert {run.key for run in awaited(then.asked, ALL.groups)} >= {run.key for run in then.runs}


def test_files_of_tables_that_no_model_joins_are_runs_of_their_own() -> None:
    files = [landed("flights", DAYS[0]), landed("weather", DAYS[0]), landed("prices", DAYS[0])]

    assert [sorted(run.tables) for run in at(files).runs] == [["flights", "weather"], ["prices"]]


def test_what_is_handled_of_a_table_counts_for_its_group() -> None:
    before = landed("flights", DAYS[0])

    found = at([landed("weather", DAYS[0])], handled={before.name: Handled("1:0", None)})

    assert [run.models for run in found.runs] == [{"flight_delay"}]
