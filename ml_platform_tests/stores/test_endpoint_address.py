"""An endpoint that runs can be found; one that ended cannot, however it ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ml_platform.core.errors import StoreError
from ml_platform.stores.endpoint_address import (
    ADDRESS_FILE,
    EndpointAddress,
    forget_address,
    read_address,
    write_address,
)
from ml_platform.stores.settings import Settings

OURS = EndpointAddress("http://127.0.0.1:8000", os.getpid(), ["flight_delay"])


def ended() -> EndpointAddress:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return EndpointAddress("http://127.0.0.1:8000", process.pid)


def test_a_running_endpoint_is_found_until_it_takes_its_address_away(tmp_path: Path) -> None:
    write_address(tmp_path, OURS)
    assert read_address(tmp_path) == OURS
    forget_address(tmp_path)
    assert read_address(tmp_path) is None
    forget_address(tmp_path)


def test_an_endpoint_that_was_killed_is_not_found(tmp_path: Path) -> None:
    write_address(tmp_path, ended())
    assert read_address(tmp_path) is None


def test_nobody_takes_away_the_address_of_another(tmp_path: Path) -> None:
    other = EndpointAddress("http://127.0.0.1:8000", os.getppid())
    write_address(tmp_path, other)
    forget_address(tmp_path)
    assert read_address(tmp_path) == EndpointAddress(other.url, other.pid, [])


def test_a_file_that_says_something_else_is_named(tmp_path: Path) -> None:
    (tmp_path / ADDRESS_FILE).write_text("{")
    with pytest.raises(StoreError, match=r"endpoint\.json does not say where"):
        read_address(tmp_path)


def test_the_settings_know_the_endpoint_of_the_home_or_the_one_given(tmp_path: Path) -> None:
    home = {"ML_PLATFORM_HOME": str(tmp_path)}
    settings = Settings.from_env(home)
    assert settings.endpoint_url is None
    write_address(settings.serving_root, OURS)
    assert settings.endpoint_url == OURS.url
    given = Settings.from_env({**home, "ML_PLATFORM_ENDPOINT": "https://serving"})
    assert given.endpoint_url == "https://serving"
