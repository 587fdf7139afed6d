"""Each fault of a project is told once, where it is, and of nobody else."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ml_platform.components.project_check import check_project
from ml_platform.core.declaration.mistake import Mistake
from ml_platform.core.declaration.problem import Problem
from ml_platform.lifecycle.model import Model
from ml_platform_tests.end_to_end.loop import DEFS

ROOT = "shop_that_is_checked"
PACKAGE = f"{ROOT}.defs"


@pytest.fixture
def defs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the example's declarations in a package of its own."""
    folder = tmp_path / ROOT / "defs"
    shutil.copytree(DEFS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / ROOT / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == ROOT]:
        del sys.modules[name]


def write(defs: Path, file: str, old: str, new: str) -> int:
    """Write something else into a file; the line that it stands in."""
    path = defs / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def told(defs: Path) -> list[tuple[str, int, str]]:
    """File, line and key of each problem."""
    found = check_project(defs, PACKAGE)
    return [(str(Path(p.file).relative_to(defs)), p.line, p.key) for p in found]


MODEL, FLIGHTS = "models/flight_delay", "sources/flights"


def test_nothing_is_said_of_a_project_that_is_in_order(defs: Path) -> None:
    looked: list[str] = []

    def look(model: Model) -> list[Mistake]:
        looked.append(model.name)
        return []

    assert not check_project(defs, PACKAGE, look=look)
    assert looked == ["flight_delay"]


def test_all_faults_are_told_at_once_each_with_its_line(defs: Path) -> None:
    other = defs / "models" / "other"
    shutil.copytree(defs / MODEL, other)
    write(defs, "models/other/defs.yaml", "name: flight_delay", "name: other")
    brace = write(defs, "models/other/preprocess.py", "def encode(", "def encode((")
    metric = write(defs, f"{MODEL}/defs.yaml", "metric: brier", "metric: bryer")
    write(defs, f"{MODEL}/defs.yaml", "alerts: [ops]", "alarms: [ops]")
    every = write(defs, f"{FLIGHTS}/defs.yaml", "every: day", "every: fortnight")
    write(defs, "sources/weather/defs.yaml", "  name: weather", "\tname: weather")
    found = told(defs)
    assert ("models/other/preprocess.py", brace, "") in found
    assert (f"{MODEL}/defs.yaml", metric, "promotion.metric") in found
    assert (f"{FLIGHTS}/defs.yaml", every, "partitions.every") in found
    assert ("sources/weather/defs.yaml", 3, "") in found
    assert {file for file, *_ in found} == {
        "models/other/preprocess.py", f"{MODEL}/defs.yaml", f"{FLIGHTS}/defs.yaml",
        "sources/weather/defs.yaml",
    }  # fmt: skip


def test_a_fault_of_a_table_is_told_there_and_not_of_the_models_that_read_it(defs: Path) -> None:
    line = write(defs, f"{FLIGHTS}/contract.py", "    distance: T.", "    distance: U.")
    [(file, where, _)] = told(defs)
    assert (file, where) == (f"{FLIGHTS}/contract.py", line)


def test_a_table_that_is_declared_wrongly_is_not_missed_by_its_models(defs: Path) -> None:
    line = write(defs, f"{FLIGHTS}/defs.yaml", "on_violation: quarantine", "on_violation: drop")
    assert told(defs) == [(f"{FLIGHTS}/defs.yaml", line, "on_violation")]


def test_two_models_of_one_name_are_told_with_the_place_of_the_other(defs: Path) -> None:
    shutil.copytree(defs / MODEL, defs / "models" / "other")
    [problem] = check_project(defs, PACKAGE)
    assert problem.place == f"{defs / 'models' / 'other' / 'defs.yaml'}:3"
    assert (
        f'"flight_delay" is declared in {defs / MODEL / "defs.yaml"}:3 already' in problem.message
    )


def test_a_mistake_in_a_module_is_told_with_the_line_of_its_name(defs: Path) -> None:
    write(defs, f"{MODEL}/preprocess.py", '"distance": "int"', '"distance": "float"')
    features = write(defs, f"{MODEL}/preprocess.py", "FEATURES: tuple", "FEATURES: tuple")
    write(defs, f"{MODEL}/preprocess.py", '"minute_of_day_sin"', '"sin[minute]"')
    assert told(defs) == [
        (f"{MODEL}/preprocess.py", 12, "INPUTS"),
        (f"{MODEL}/preprocess.py", features, "FEATURES"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("type: ml_platform.ManagedModel", "type: ml_platform.ManagdModel", 'mean "ml_platform.Ma'),
        ("type: ml_platform.ManagedModel", "kind: x", "expected the key type, and attributes"),
        ("  alerts: [ops]", "  alerts: [opps]", 'channel: given "opps", did you mean "ops"?'),
        ("lookups: [weather]", "lookups: [wether]", 'there is no table "wether"'),
    ],
)
def test_a_slip_is_told_in_words(defs: Path, old: str, new: str, said: str) -> None:
    line = write(defs, f"{MODEL}/defs.yaml", old, new)
    [problem] = check_project(defs, PACKAGE)
    assert problem.line == line
    assert said in problem.message


def test_what_only_loading_tells_is_told_where_it_is_raised(defs: Path) -> None:
    def load() -> None:
        raise RuntimeError("two assets of one name")

    [problem] = check_project(defs, PACKAGE, load=load)
    said = "the definitions cannot be loaded: RuntimeError: two assets of one name"
    assert problem == Problem(str(defs), 0, "", said)
