"""What is live is read back as it was written, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml_platform.core.errors import StoreError
from ml_platform.stores.deployment import (
    LIVE_FILE,
    Deployment,
    LiveRollout,
    LiveVersion,
    read_deployment,
    served_models,
    write_deployment,
)

ONE = LiveVersion(1, "versions/1", "aa")
TWO = LiveVersion(2, "versions/2", "bb", signature="signed")
CANARY = LiveRollout("canary", 5.0, ("carrier",), LiveVersion(3, "versions/3", "cc"), "entry-1")


@pytest.mark.parametrize(
    "live",
    [
        Deployment("flights", 0, None),
        Deployment("flights", 0, ONE),
        Deployment("flights", 0, TWO, ONE, CANARY),
    ],
    ids=["no champion", "first champion", "rollout"],
)
def test_what_is_written_is_read_back(tmp_path: Path, live: Deployment) -> None:
    written = write_deployment(tmp_path, live)
    assert read_deployment(tmp_path, "flights") == written
    assert written.same_roles(live)
    assert written.written_at.endswith("+00:00")


def test_the_generation_grows_with_every_change(tmp_path: Path) -> None:
    first = write_deployment(tmp_path, Deployment("flights", 0, ONE))
    second = write_deployment(tmp_path, Deployment("flights", 0, TWO, ONE))
    assert (first.generation, second.generation) == (1, 2)
    assert not second.same_roles(first)
    assert not second.same_roles(None)


def test_each_version_that_has_a_role_is_named_once() -> None:
    live = Deployment("flights", 1, TWO, TWO, CANARY)
    assert [each.version for each in live.versions] == [2, 3]
    assert Deployment("flights", 1, None).versions == ()


def test_what_was_never_published_is_not_served(tmp_path: Path) -> None:
    assert read_deployment(tmp_path, "flights") is None
    assert served_models(tmp_path) == []
    write_deployment(tmp_path, Deployment("flights", 0, ONE))
    write_deployment(tmp_path, Deployment("arrivals", 0, ONE))
    assert served_models(tmp_path) == ["arrivals", "flights"]


def test_only_the_file_itself_is_left_behind(tmp_path: Path) -> None:
    write_deployment(tmp_path, Deployment("flights", 0, ONE))
    assert [file.name for file in (tmp_path / "flights").iterdir()] == [LIVE_FILE]


@pytest.mark.parametrize("said", ["", "{}", "[]", '{"model": "flights", "generation": "x"}'])
def test_a_file_that_says_something_else_is_named(tmp_path: Path, said: str) -> None:
    (tmp_path / "flights").mkdir()
    (tmp_path / "flights" / LIVE_FILE).write_text(said)
    with pytest.raises(StoreError, match=r"live\.json does not say what is live of flights"):
        read_deployment(tmp_path, "flights")
