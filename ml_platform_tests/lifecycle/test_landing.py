"""The landing sensor sees each file once, leaves growing ones alone and takes ranges apart."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest
from dagster import (
    AssetSpec,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    Definitions,
    MaterializeResult,
    RunRequest,
    asset,
    define_asset_job,
    multi_asset,
)

from ml_platform.core import names
from ml_platform.core.ingestion.hold import Hold
from ml_platform.core.landing import Handled, IngestionRun, LandedFile
from ml_platform.core.landing_backlog import PAUSES, Asked
from ml_platform.lifecycle.landed_files import Digests
from ml_platform.lifecycle.landing import landing_sensor
from ml_platform.lifecycle.landing_memory import Memory
from ml_platform.lifecycle.landing_runs import RANGE_END, RANGE_START
from ml_platform.resources.lake_resource import LakeResource
from ml_platform_tests.end_to_end.loop import MODEL, Loop
from ml_platform_tests.lifecycle.ticks import Ticks

DAYS = ["2013-01-01", "2013-01-02", "2013-01-03"]
# A producer that does not move whole files in: its files must have stopped growing.
WRITTEN_IN_PLACE = {
    table: {"landing": {"format": "csv", "path": f"{table}/{{partition}}.csv"}}
    for table in ("flights", "weather")
}


@dataclass
class Clock:
    """Seconds since the epoch, moved on by a test."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    with DagsterInstance.ephemeral() as instance:
        yield Loop(tmp_path, instance, WRITTEN_IN_PLACE)


@pytest.fixture
def ticks(loop: Loop, clock: Clock) -> Ticks:
    """Of the sensor over flights alone."""
    sensor = landing_sensor([loop.source("flights")], [], 30, clock)
    return Ticks(sensor, loop.instance, resources(loop))


def resources(loop: Loop) -> dict[str, LakeResource]:
    return {"lake": LakeResource(root=str(loop.lake.root))}


def land(
    loop: Loop, day: str, content: str, seconds_ago: float = 60, table: str = "flights"
) -> None:
    path = loop.land(table, day, content)
    then = time.time() - seconds_ago
    os.utime(path, (then, then))


def test_a_backlog_becomes_one_run_over_the_range_and_keeps_its_key_until_it_runs(
    loop: Loop, ticks: Ticks
) -> None:
    for day in DAYS:
        land(loop, day, day)
    [run], _ = ticks.next()
    assert (run.tags[RANGE_START], run.tags[RANGE_END]) == (DAYS[0], DAYS[-1])
    assert run.tags[names.TAG_TRIGGER] == "landing"
    assert ["/".join(key.path) for key in run.asset_selection or ()] == [
        "flights/raw",
        "flights/validated",
        "flights/quarantine",
    ]
    [again], _ = ticks.next()
    assert again.run_key == run.run_key


def test_a_file_is_left_alone_until_it_has_stopped_growing(loop: Loop, ticks: Ticks) -> None:
    land(loop, DAYS[0], "half", seconds_ago=0)
    runs, reason = ticks.next()
    assert runs == []
    assert "may still be growing" in reason
    land(loop, DAYS[0], "half and half")
    [run], _ = ticks.next()
    assert run.partition_key == DAYS[0]


def test_the_same_bytes_again_ask_for_nothing_and_others_for_a_run(
    loop: Loop, ticks: Ticks
) -> None:
    land(loop, DAYS[0], "first", seconds_ago=90)
    [first], _ = ticks.next()
    land(loop, DAYS[0], "first", seconds_ago=60)
    assert ticks.next()[0] == []
    land(loop, DAYS[0], "second", seconds_ago=30)
    [second], _ = ticks.next()
    assert second.partition_key == first.partition_key == DAYS[0]
    assert second.run_key != first.run_key


def test_a_range_that_failed_is_repeated_day_by_day_until_two_days_failed_alike(
    loop: Loop, ticks: Ticks, clock: Clock
) -> None:
    for day in DAYS:
        land(loop, day, "")
    [run], _ = ticks.next()
    failed = loop.ingest(
        "flights",
        first=DAYS[0],
        last=DAYS[-1],
        tags={"dagster/run_key": str(run.run_key)},
    )
    assert not failed.success
    for day in DAYS[:2]:
        [repeated], _ = ticks.next()
        assert repeated.partition_key == day
        loop.ingest("flights", first=day, last=day, tags={"dagster/run_key": str(repeated.run_key)})
    runs, reason = ticks.next()
    assert runs == []
    assert (
        "1 partition of flights wait, because 2 in a row failed of the same: flights__raw" in reason
    )
    assert "readable" in reason
    clock.ahead += 700
    [probe], _ = ticks.next()
    assert probe.partition_key == DAYS[2]


def test_other_bytes_of_the_same_size_and_time_are_a_correction(loop: Loop, ticks: Ticks) -> None:
    path = loop.land("flights", DAYS[0], "first")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    [first], _ = ticks.next()
    path.write_text("other")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    [second], _ = ticks.next()
    assert second.run_key != first.run_key
    beside = path.with_suffix(".part")
    beside.write_text("third")
    os.utime(beside, (1_000_000_000, 1_000_000_000))
    beside.replace(path)
    [third], _ = ticks.next()
    assert third.run_key != second.run_key


def test_files_that_were_handled_before_stamps_were_noted_are_not_taken_in_again(
    loop: Loop, ticks: Ticks
) -> None:
    path = loop.land("flights", DAYS[0], "first")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    ticks.cursor = json.dumps({"handled": {f"flights/{DAYS[0]}": ["5:1000000000.000000", None]}})
    assert ticks.next() == ([], "nothing new in 1 file")


def test_a_file_dated_ahead_is_taken_in_once_it_stays_as_it_is(
    loop: Loop, ticks: Ticks, clock: Clock
) -> None:
    land(loop, DAYS[0], "half", seconds_ago=-86_400)
    assert "may still be growing" in ticks.next()[1]
    clock.ahead += 30
    land(loop, DAYS[0], "half and half", seconds_ago=-86_400)
    assert "may still be growing" in ticks.next()[1]
    clock.ahead -= 3_600
    assert "may still be growing" in ticks.next()[1]
    clock.ahead += 30
    [run], _ = ticks.next()
    assert run.partition_key == DAYS[0]
    assert json.loads(str(ticks.cursor))["unchanged"] == {}


def test_a_look_reads_so_much_and_the_next_goes_on(tmp_path: Path) -> None:
    digests = Digests()
    digests.begin()
    digests._left = 5
    paths = [tmp_path / name for name in "ab"]
    for path in paths:
        path.write_text("four")
    new, again = [LandedFile("t", path.name, str(path), 4, 1.0) for path in paths]
    handled = {again.name: Handled("4:0.000000", "digest")}

    assert digests.of(new, handled) == replace(new, sha256=sha256(b"four").hexdigest())
    assert digests.of(again, handled) is None
    assert digests.of(again, {}) == again
    digests.begin()
    assert digests.of(again, handled) == replace(again, sha256=sha256(b"four").hexdigest())
    digests._left = 0
    assert digests.of(new, handled) == replace(new, sha256=sha256(b"four").hexdigest())


def died(loop: Loop, asked: RunRequest) -> None:
    """A run over a range whose process is killed after its first step."""
    keys = list(asked.asset_selection or ())

    @multi_asset(specs=[AssetSpec(key) for key in keys[:1]])
    def first() -> Iterator[MaterializeResult]:
        yield MaterializeResult(asset_key=keys[0])

    job = Definitions(assets=[first], jobs=[define_asset_job("killed")]).resolve_job_def("killed")
    tags = {**asked.tags, "dagster/run_key": str(asked.run_key)}
    done = job.execute_in_process(instance=loop.instance, tags=tags)
    run = loop.instance.get_run_by_id(done.run_id)
    assert run
    loop.instance.report_run_failed(run, "Run monitoring found that its process is gone")


def test_a_range_whose_process_died_goes_on_after_what_it_had_done(
    loop: Loop, ticks: Ticks, clock: Clock
) -> None:
    for day in DAYS:
        land(loop, day, day)
    [run], _ = ticks.next()
    died(loop, run)
    _, reason = ticks.next()
    assert f"attempt 2 of 3 at flights of {DAYS[0]} is due in" in reason
    clock.ahead += PAUSES[0]
    [again], _ = ticks.next()
    assert (again.tags[RANGE_START], again.tags[RANGE_END]) == (DAYS[0], DAYS[-1])
    assert ["/".join(key.path) for key in again.asset_selection or ()] == [
        "flights/validated",
        "flights/quarantine",
    ]
    in_progress(loop, "weather", {**again.tags})
    runs, reason = ticks.next()
    assert runs == []
    assert "waits for the run that takes in its partition" in reason


def test_a_list_that_is_held_is_remembered() -> None:
    run = IngestionRun((DAYS[0],), frozenset({"a"}), frozenset({"m"}), frozenset(), ("x",))
    hold = Hold("raw: OSError: gone", 2, run, 5.0, "basis", (run,))
    memory = Memory({}, Asked(backlog=(run,), holds=(hold,)))

    assert Memory.read(memory.write()) == memory


def run_as_asked(loop: Loop, asked: RunRequest) -> bool:
    """Whether the run went well."""
    day, tags = str(asked.partition_key), {"dagster/run_key": str(asked.run_key)}
    return loop.ingest("flights", day=day, tags=tags).success


def vanish(loop: Loop, day: str) -> None:
    """The disk with the landing files is not there for a while: nothing the data could help."""
    (loop.landing_root / "flights" / f"{day}.csv").unlink()


def test_a_day_that_broke_is_repeated_after_a_pause_and_three_times_in_all(
    loop: Loop, ticks: Ticks, clock: Clock
) -> None:
    land(loop, DAYS[0], "first")
    [run], _ = ticks.next()
    assert names.TAG_ATTEMPT not in run.tags
    vanish(loop, DAYS[0])
    for number, pause in enumerate(PAUSES, start=2):
        assert not run_as_asked(loop, run)
        runs, reason = ticks.next()
        assert runs == []
        assert f"attempt {number} of 3 at flights of {DAYS[0]} is due in" in reason
        clock.ahead += pause
        [again], _ = ticks.next()
        assert again.partition_key == DAYS[0]
        assert again.tags[names.TAG_ATTEMPT] == f"{number} of 3"
        assert again.run_key != run.run_key
        run = again
    assert not run_as_asked(loop, run)
    clock.ahead += 9_999
    assert ticks.next()[0] == []


def test_what_a_check_refused_is_not_repeated(loop: Loop, ticks: Ticks, clock: Clock) -> None:
    land(loop, DAYS[0], "")
    [run], _ = ticks.next()
    assert not run_as_asked(loop, run)
    assert ticks.next() == ([], "nothing new in 1 file")
    clock.ahead += 9_999
    assert ticks.next()[0] == []


def test_nobody_else_repeats_what_the_sensor_repeats(loop: Loop, ticks: Ticks) -> None:
    land(loop, DAYS[0], "first")
    [run], _ = ticks.next()
    assert run.tags["dagster/max_retries"] == "0"


def test_the_runs_that_are_not_done_with_outlive_the_process(loop: Loop, ticks: Ticks) -> None:
    land(loop, DAYS[0], "first")
    [run], _ = ticks.next()
    vanish(loop, DAYS[0])
    run_as_asked(loop, run)
    ticks.next()
    kept = ticks.cursor
    ticks.next()
    assert ticks.cursor == kept


def test_a_file_that_was_taken_in_leaves_the_memory_and_is_still_known(
    loop: Loop, ticks: Ticks
) -> None:
    land(loop, DAYS[0], "", seconds_ago=90)
    [run], _ = ticks.next()
    assert list(json.loads(str(ticks.cursor))["handled"]) == [f"flights/{DAYS[0]}"]
    run_as_asked(loop, run)
    assert ticks.next()[0] == []
    assert json.loads(str(ticks.cursor)) == {
        "format": 2,
        "handled": {},
        "unchanged": {},
        "holds": [],
        "backlog": [],
        "alone": [],
        "repeats": [],
    }
    assert ticks.next()[0] == []
    land(loop, DAYS[0], "", seconds_ago=60)
    assert ticks.next()[0] == []
    land(loop, DAYS[0], "corrected", seconds_ago=30)
    [again], _ = ticks.next()
    assert again.run_key != run.run_key


def test_a_memory_from_before_repeats_is_still_a_memory(loop: Loop, ticks: Ticks) -> None:
    land(loop, DAYS[0], "first", seconds_ago=60)
    ticks.next()
    old = json.loads(str(ticks.cursor))
    ticks.cursor = json.dumps({"handled": old["handled"], "backlog": []})
    assert ticks.next()[0] == []


def in_progress(loop: Loop, table: str, tags: Mapping[str, str]) -> DagsterRun:
    """A run that somebody launched."""

    @asset(key=list(names.raw(table)))
    def raw() -> None: ...

    by_hand = Definitions(assets=[raw], jobs=[define_asset_job("by_hand")])
    return loop.instance.create_run_for_job(
        by_hand.resolve_job_def("by_hand"),
        asset_selection=frozenset({raw.key}),
        status=DagsterRunStatus.STARTING,
        tags=dict(tags),
    )


@pytest.mark.parametrize(
    "where",
    [{"dagster/partition": DAYS[1]}, {RANGE_START: DAYS[1], RANGE_END: DAYS[2]}],
)
def test_a_file_waits_while_its_partition_is_taken_in_and_others_do_not(
    loop: Loop, ticks: Ticks, where: Mapping[str, str]
) -> None:
    other = in_progress(loop, "flights", where)
    land(loop, DAYS[0], "first")
    land(loop, DAYS[1], "second")
    [run], _ = ticks.next()
    assert run.partition_key == DAYS[0]
    runs, reason = ticks.next()
    assert runs == []
    assert f"{DAYS[1]}.csv waits for the run that takes in its partition" in reason
    loop.instance.report_run_canceled(other)
    [run], _ = ticks.next()
    assert run.partition_key == DAYS[1]


@pytest.mark.parametrize(
    ("table", "where"), [("weather", {"dagster/partition": DAYS[0]}), ("flights", {})]
)
def test_a_run_on_another_table_or_on_no_partition_holds_up_nothing(
    loop: Loop, ticks: Ticks, table: str, where: Mapping[str, str]
) -> None:
    in_progress(loop, table, where)
    land(loop, DAYS[0], "first")
    [run], _ = ticks.next()
    assert run.partition_key == DAYS[0]


def test_files_whose_runs_were_deleted_are_not_taken_in_again(loop: Loop, ticks: Ticks) -> None:
    rows = pa.table({"carrier": ["UA"], "partition": [DAYS[0]]})
    loop.lake.table("flights/raw").replace_arrow(rows, [DAYS[0]])
    for day in DAYS[:2]:
        land(loop, day, "first")
    [run], _ = ticks.next()
    assert run.partition_key == DAYS[1]
    land(loop, DAYS[0], "second", seconds_ago=-5)
    ticks.sensor = landing_sensor([loop.source("flights")], [], 30, Clock(ahead=60))
    assert DAYS[0] in {run.partition_key for run in ticks.next()[0]}


def test_a_folder_among_the_files_holds_up_no_file(loop: Loop, ticks: Ticks) -> None:
    land(loop, DAYS[0], "first")
    (loop.source("flights").landing_root / "flights" / f"{DAYS[1]}.csv").mkdir()
    [run], _ = ticks.next()
    assert run.partition_key == DAYS[0]


def test_a_model_runs_once_all_its_inputs_of_the_day_are_there(loop: Loop) -> None:
    sources = [loop.source("flights"), loop.source("weather")]
    ticks = Ticks(landing_sensor(sources, [loop.model], 30), loop.instance, resources(loop))
    land(loop, DAYS[0], "first")
    [run], _ = ticks.next()
    assert not any(MODEL in key.path for key in run.asset_selection or ())
    land(loop, DAYS[0], "first", table="weather")
    [run], _ = ticks.next()
    selected = {key.path[-1] for key in run.asset_selection or () if MODEL in key.path}
    assert selected == set(names.DAILY)
