"""A partition unlike those before it is held up and told; history is learnt from, not guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dagster import AssetKey, DagsterInstance, evaluate_automation_conditions

from ml_platform.core import names
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.quality_table import QualityTable, history_of
from ml_platform.stores.lake import Lake
from ml_platform_tests.end_to_end.ground import Ground
from ml_platform_tests.end_to_end.loop import Loop

HEADER = "origin,time_hour,temp,dewp,humid,wind_dir,wind_speed,wind_gust,precip,pressure,visib"
VALIDATED = names.validated("weather")
VALIDATED_STAGES = (VALIDATED, names.quarantine("weather"))
FAILED, PASSED, UNKNOWN = Verdict.FAILED, Verdict.PASSED, Verdict.NOT_EVALUATED
DAYS = [str(date(2013, 1, 1) + timedelta(days=day)) for day in range(45)]
HISTORY = DAYS[:20]
# The contract alone would block a day with as many repeated keys.
LENIENT = {"weather": {"block_above": 0.5}}
Change = Callable[[list[str]], list[str]]


def _day(day: str) -> list[str]:
    airports = ("EWR", "JFK", "LGA")
    return [HEADER, *(_row(origin, day, hour) for origin in airports for hour in range(24))]


def _row(origin: str, day: str, hour: int) -> str:
    return f"{origin},{day}T{hour:02}:00:00Z,39.0,28.0,60.0,{hour * 10}.0,8.0,,0.0,1012.0,10.0"


@pytest.fixture(scope="module")
def loop(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    """Twenty ordinary days, taken in at once."""
    with DagsterInstance.ephemeral() as instance:
        loop = Loop(tmp_path_factory.mktemp("quality"), instance, LENIENT)
        for day in HISTORY:
            loop.land("weather", day, "\n".join(_day(day)))
        assert loop.ingest("weather", first=HISTORY[0], last=HISTORY[-1]).success
        yield loop


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as made:
        yield made


def _said(loop: Loop, day: str) -> dict[str, Verdict]:
    checks = (
        names.VOLUME,
        names.NULL_SPIKE,
        names.DUPLICATES,
        names.CATEGORY_EXPLOSION,
        names.SCHEMA,
        names.QUALITY,
    )
    return {check: loop.finding(VALIDATED, check, day).verdict for check in checks}


def _without_temperature(lines: list[str]) -> list[str]:
    return [lines[0], *(line.replace(",39.0,", ",,") for line in lines[1:])]


def _with_a_gate(lines: list[str]) -> list[str]:
    return [f"{line},{'gate' if not i else 'B7'}" for i, line in enumerate(lines)]


def _half(lines: list[str]) -> list[str]:
    return lines[:37]


def _repeated(lines: list[str]) -> list[str]:
    return [*lines[:-7], *lines[1:8]]


@pytest.mark.parametrize(
    ("day", "change", "failed", "words"),
    [
        (DAYS[20], list, None, "no alarm from 5 measures"),
        (DAYS[21], _half, names.VOLUME, "volume: 36 rows (usual 72, allowed 54 to 90, from 21"),
        (DAYS[22], _without_temperature, names.NULL_SPIKE, "100.0% null in temp (usual 0.0%"),
        (DAYS[23], _repeated, names.DUPLICATES, "9.7% of the rows repeat others (usual 0.0%"),
        (DAYS[24], _with_a_gate, None, "no alarm from 5 measures"),
    ],
    ids=["an ordinary day", "half of the rows", "a column gone null", "repeats", "a new column"],
)
def test_a_day_unlike_those_before_holds_up_what_follows(
    loop: Loop, day: str, change: Change, failed: str | None, words: str
) -> None:
    loop.land("weather", day, "\n".join(change(_day(day))))
    result = loop.ingest("weather", day=day)

    said = _said(loop, day)
    assert {check for check, verdict in said.items() if verdict is FAILED} == (
        {failed, names.QUALITY} if failed else set()
    )
    assert words in loop.finding(VALIDATED, names.QUALITY, day).sentence
    assert result.success == (failed is None)
    # What landed is in the lake, to be looked at; but nobody reads it as good.
    assert loop.rows("weather/raw", day)
    assert bool(loop.rows("weather/validated", day)) == result.success
    conserved = loop.finding(VALIDATED, names.CONSERVATION, day).verdict
    assert conserved is (UNKNOWN if failed else PASSED)


def test_a_column_that_nobody_reads_is_told_and_holds_up_nothing(loop: Loop) -> None:
    found = loop.finding(VALIDATED, names.SCHEMA, DAYS[24])

    assert found.verdict is Verdict.WARNED
    assert found.sentence == f"since {DAYS[23]}: gate appeared"


def test_the_first_two_weeks_are_not_judged_and_say_so(loop: Loop) -> None:
    table = loop.lake.table("weather/quality").read_arrow([DAYS[13], DAYS[14]]).to_pylist()
    verdicts = {
        (row["partition"], row["verdict"]) for row in table if row["measure"] != names.SCHEMA
    }

    assert verdicts == {(DAYS[13], "not_evaluated"), (DAYS[14], "passed")}


def test_every_measure_of_a_partition_is_in_the_table(loop: Loop) -> None:
    rows = loop.lake.table("weather/quality").read_arrow([DAYS[20]]).to_pylist()
    found = {(row["measure"], row["column"]): row for row in rows}

    assert found["volume", ""]["value"] == 72
    limits = found["volume", ""]["lower"], found["volume", ""]["upper"]
    assert limits == (pytest.approx(54), pytest.approx(90))
    assert found["null_spike", "wind_gust"]["value"] == 1
    assert round(found["category_explosion", "origin"]["value"]) == 3
    assert found["schema", "temp"]["detail"] == "text"
    assert ("null_spike", "origin") not in found


def test_a_refused_partition_is_judged_by_what_landed(loop: Loop) -> None:
    day = DAYS[26]
    loop.land("weather", day, "\n".join([HEADER, *(_row("ZRH", day, hour) for hour in range(24))]))

    loop.ingest("weather", day=day)

    said = _said(loop, day)
    assert said[names.VOLUME] is FAILED
    assert said[names.NULL_SPIKE] is said[names.CATEGORY_EXPLOSION] is UNKNOWN
    nulls = loop.finding(VALIDATED, names.NULL_SPIKE, day)
    assert nulls.sentence == "the contract has refused its rows"


def test_a_day_held_up_keeps_its_last_good_version_until_the_change_is_declared(
    loop: Loop,
) -> None:
    day = DAYS[20]
    before = loop.rows("weather/validated", day)
    loop.land("weather", day, "\n".join(_half(_day(day))))

    assert not loop.ingest("weather", day=day).success

    assert loop.rows("weather/validated", day) == before
    assert (len(before), len(loop.rows("weather/raw", day))) == (72, 36)
    assert _with_greater_changes(loop, volume=0.6).run(*VALIDATED_STAGES, day=day).success
    assert _said(loop, day)[names.QUALITY] is PASSED
    assert len(loop.rows("weather/validated", day)) == 36


def test_a_fault_that_lasts_fails_day_after_day_until_it_is_declared(loop: Loop) -> None:
    faulty, last = DAYS[28:42], DAYS[42]
    for day in [*faulty, last]:
        loop.land("weather", day, "\n".join(_without_temperature(_day(day))))

    assert not loop.ingest("weather", first=faulty[0], last=faulty[-1]).success
    assert not loop.ingest("weather", day=last).success

    assert {_said(loop, day)[names.NULL_SPIKE] for day in [*faulty, last]} == {FAILED}
    assert not any(loop.rows("weather/validated", day) for day in [*faulty, last])
    assert _with_greater_changes(loop, null_spike=1.0).run(*VALIDATED_STAGES, day=last).success
    assert len(loop.rows("weather/validated", last)) == 72


def test_columns_that_changed_fail_until_they_are_as_they_were(
    spark: Any, tmp_path: Path, instance: DagsterInstance
) -> None:
    landing = {"format": "parquet", "path": "weather/{partition}.parquet"}
    loop = Loop(tmp_path, instance, {"weather": {"landing": landing}})
    good, worse, still, lasting, mended = DAYS[:5]
    for day in (good, worse, still, lasting, mended):
        typed = pa.float64() if day in (good, mended) else pa.string()
        loop.land("weather", day, _parquet(_day(day), typed))

    assert loop.ingest("weather", day=good).success
    assert not loop.ingest("weather", first=worse, last=still).success
    assert not loop.ingest("weather", day=lasting).success
    assert loop.ingest("weather", day=mended).success

    for day in (worse, still, lasting):
        told = loop.finding(VALIDATED, names.SCHEMA, day)
        assert told.verdict is FAILED
        assert told.sentence == f"since {good}: temp changed type (double to string)"
    assert loop.finding(VALIDATED, names.SCHEMA, mended).verdict is PASSED
    since = {"landing": landing, "quality": {"schema_since": lasting}}
    assert loop.having(changes={"weather": since}).run(*VALIDATED_STAGES, day=lasting).success


def test_however_long_a_fault_lasts_what_was_before_it_is_known(tmp_path: Path) -> None:
    table = QualityTable.of(Lake(str(tmp_path)), "weather")
    failing = set(DAYS[10:40])
    assert table.earlier(DAYS[40], 4, without=()) == []
    table.replace({day: [_recorded(day in failing)] for day in DAYS})

    found = table.earlier(DAYS[40], 4, without=(DAYS[9],))

    known = history_of(found).before((names.NULL_SPIKE, "temp"), DAYS[40])
    assert list(known)[-4:] == DAYS[5:9]
    # Where nothing failed no more is read than is asked for.
    assert len(table.earlier(DAYS[10], 4, without=())) == 4


@pytest.mark.parametrize("days", [DAYS[2:3], DAYS[2:4]], ids=["a day", "a range"])
def test_what_nobody_can_judge_yet_is_not_evaluated_and_holds_up_nothing(
    spark: Any, tmp_path: Path, instance: DagsterInstance, days: list[str]
) -> None:
    ground = Ground(Loop(tmp_path / "ground", instance, {}))
    loop = Loop(tmp_path / "new", instance, {})
    tables = ("flights", "weather")
    before = evaluate_automation_conditions(loop.definitions, instance)

    for table in tables:
        for day in days:
            loop.land(table, day, "\n".join(ground.lines(table, day)))
        where = {"first": days[0], "last": days[-1]} if days[1:] else {"day": days[0]}
        assert loop.ingest(table, **where).success
        gates = [loop.finding(names.validated(table), names.QUALITY, day) for day in days]
        assert [gate.verdict for gate in gates] == [UNKNOWN, PASSED][: len(days)]
        assert gates[0].sentence.startswith("nothing to judge the partition by yet")

    after = evaluate_automation_conditions(loop.definitions, instance, cursor=before.cursor)
    features = AssetKey(list(loop.model.path(names.FEATURES)))
    assert set(days) <= after.get_requested_partitions(features)


def _recorded(failed: bool) -> dict[str, Any]:
    verdict = str(FAILED if failed else PASSED)
    return {"measure": names.NULL_SPIKE, "column": "temp", "value": 0.0, "verdict": verdict}


def _with_greater_changes(loop: Loop, **smallest: float) -> Loop:
    declared = {"quality": {"smallest_changes": smallest}}
    return loop.having(changes={"weather": LENIENT["weather"] | declared})


def _parquet(lines: list[str], temperature: pa.DataType) -> bytes:
    header, *rows = (line.split(",") for line in lines)
    table = pa.table({name: [row[i] or None for row in rows] for i, name in enumerate(header)})
    place = header.index("temp")
    cast = table.column(place).cast(pa.float64()).cast(temperature)
    kept = pa.BufferOutputStream()
    pq.write_table(table.set_column(place, "temp", cast), kept)
    return bytes(kept.getvalue())


def test_a_table_without_a_key_is_searched_for_rows_that_repeat(loop: Loop, tmp_path: Path) -> None:
    from ml_platform.lifecycle.partition_quality import asked_of

    source = loop.source("weather")
    keyless = _without_key(source)

    assert asked_of(source).repeats == ()
    assert asked_of(keyless).repeats == source.compiled.columns
    assert asked_of(source).texts == ("origin",)
    assert "origin" not in asked_of(source).nulls


def _without_key(source: Any) -> Any:
    from dataclasses import replace

    made = replace(source)
    object.__setattr__(made, "compiled", replace(source.compiled, unique=()))
    return made
