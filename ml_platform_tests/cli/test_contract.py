"""A source's history is held to its contract as declared now."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ml_platform.cli import declared_contract
from ml_platform.cli.contract import summary
from ml_platform.core import names
from ml_platform.spark.contract_report import CheckVerdict, ContractReport
from ml_platform.stores.lake import Lake
from ml_platform_tests.cli.conftest import Command

DAYS = {"2013-01-01": [1, 10_000], "2013-01-02": [2, 2], "2013-01-03": [3]}


@pytest.fixture
def history(home: Path) -> None:
    """Three days of outcomes: a flight number too high on the first, one twice on the second."""
    rows = [(date.fromisoformat(day), flight) for day in DAYS for flight in DAYS[day]]
    count = len(rows)
    table = pa.table(
        {
            "flight_date": pa.array([day for day, _ in rows], pa.date32()),
            "carrier": ["AA"] * count,
            "flight": pa.array([flight for _, flight in rows], pa.int32()),
            "origin": ["EWR"] * count,
            "sched_dep_time": pa.array([900] * count, pa.int32()),
            "dep_delay": pa.array([None] * count, pa.int32()),
            "arr_delay": pa.array([1] * count, pa.int32()),
            "cancelled": pa.array([0] * count, pa.int32()),
            "partition": [str(day) for day, _ in rows],
        }
    )
    lake = Lake(str(home / "lake"))
    lake.table(names.table_of(names.validated("outcomes"))).replace_arrow(table, list(DAYS))


def line_with(output: str, *words: str) -> list[str]:
    """The cells of the one line of a table that holds all these words."""
    [line] = [each for each in output.splitlines() if all(word in each for word in words)]
    return [cell.strip() for cell in line.strip("│").split("│")]


@pytest.mark.usefixtures("history", "spark")
def test_the_checks_that_history_fails_are_shown_with_their_rows(ml_platform: Command) -> None:
    result = ml_platform("contract", "outcomes")
    assert result.exit_code == 0, result.output
    assert line_with(result.stdout, "in_range(1, 9999)")[2:] == ["fails", "1", "5"]
    assert line_with(result.stdout, "unique")[2:] == ["fails", "1", "5"]
    assert line_with(result.stdout, "carrier", "str_matches")[2:] == ["passed", "0", "5"]
    assert line_with(result.stdout, "arr_delay", "in_range")[2:] == ["passed", "0", "5"]
    assert "2013-01-01 to 2013-01-03" in result.stdout
    assert "5 rows, of which 2 would be refused." in result.stdout


@pytest.mark.usefixtures("history", "spark")
def test_only_the_partitions_that_were_asked_for_are_judged(ml_platform: Command) -> None:
    result = ml_platform("contract", "outcomes", "--from", "2013-01-02", "--to", "2013-01-02")
    assert line_with(result.stdout, "in_range(1, 9999)")[2:] == ["passed", "0", "2"]
    assert "2 rows, of which 1 would be refused." in result.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("outcome",), 'There is no source "outcome", did you mean "outcomes"?'),
        (("zzz",), "Declared sources: flights, outcomes, weather"),
        (("flights",), "holds no rows yet"),
        (
            ("outcomes", "--from", "2014"),
            "holds no rows from 2014 to 2013-01-03; it has 2013-01-01",
        ),
    ],
)
@pytest.mark.usefixtures("history")
def test_what_cannot_be_judged_is_told_in_one_line(
    ml_platform: Command, words: tuple[str, ...], told: str
) -> None:
    result = ml_platform("contract", *words)
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.exit_code == 2


def test_a_source_that_is_not_declared_in_order_is_told_with_its_file(
    ml_platform: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_partitions(path: Path) -> Any:
        text = path.read_text()
        path.write_text("\n".join(x for x in text.splitlines() if "partitions:" not in x))

    shutil.copytree(declared_contract.SOURCES, tmp_path / "sources")
    without_partitions(tmp_path / "sources" / "weather" / "defs.yaml")
    monkeypatch.setattr(declared_contract, "SOURCES", tmp_path / "sources")
    result = ml_platform("contract", "weather")
    assert "weather/defs.yaml: " in result.stderr
    assert "partitions: this key is missing" in result.stderr
    assert result.exit_code == 2


def test_a_check_left_to_pandera_is_said_to_block_whole_partitions() -> None:
    failed = CheckVerdict("flight", "is_even", 5, 5, passed=False, compiled=False)
    report = ContractReport(rows=5, bad_rows=0, verdicts=(failed,), not_compiled=("is_even",))
    assert summary(report) == (
        "5 rows, of which 0 would be refused. is_even would block partitions as a whole."
    )
