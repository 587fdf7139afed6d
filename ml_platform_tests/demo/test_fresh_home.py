"""What the demo may remove before it starts, and what it leaves alone."""

from pathlib import Path

import pytest

from ml_platform.core.errors import UserError
from ml_platform.demo.fresh_home import fresh_home
from ml_platform.engine.errors import EngineError
from ml_platform.engine.home_lock import HomeLock


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """A home as an earlier demo left it, with one table."""
    home = tmp_path / "home"
    with fresh_home(home):
        (home / "lake").mkdir()
        (home / "lake" / "rows").write_text("some")
    (home / "demo" / "summary.json").write_text("{}")
    return home


def test_what_an_earlier_demo_left_is_gone(former: Path) -> None:
    with fresh_home(former):
        assert sorted(each.name for each in former.iterdir()) == ["demo", "run"]
        assert list((former / "demo").iterdir()) == []


def test_the_lock_is_free_for_the_supervisor_afterwards(former: Path) -> None:
    with fresh_home(former), pytest.raises(EngineError, match="already runs"):
        HomeLock(former).acquire()
    lock = HomeLock(former)
    lock.acquire()
    lock.release()


def test_under_a_running_engine_no_file_is_touched(former: Path) -> None:
    running = HomeLock(former)
    running.acquire()
    with pytest.raises(EngineError, match="ml_platform already runs over"), fresh_home(former):
        pytest.fail("the home was given away")
    running.release()
    assert (former / "lake" / "rows").read_text() == "some"


def test_state_that_no_demo_made_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    refused = pytest.raises(UserError, match="holds state that no demo made")
    with refused, fresh_home(tmp_path):
        pytest.fail("the home was given away")
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]
