"""``ml-platform serve`` becomes the server itself, or says what to ask for."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from ml_platform.cli.main import main
from ml_platform.stores.endpoint_address import EndpointAddress, read_address
from ml_platform_tests.serving.toy_endpoint import MODEL, asked, environment, held, make_live, rows


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name the model to serve, or all of them with --all."),
        ([MODEL, "--all"], "Name the model to serve, or all of them with --all."),
        (["flight_dely"], 'There is no model "flight_dely"'),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(main, ["serve", *arguments])
    assert result.exit_code == 2
    assert said in result.stderr


def started(process: subprocess.Popen[bytes], home: Path) -> EndpointAddress:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        assert process.poll() is None
        address = read_address(home / "serving")
        if address is not None and _is_ready(address.url):
            return address
        time.sleep(0.02)
    raise AssertionError("the endpoint was not ready in time")


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ping").status_code == 200
    except httpx.TransportError:
        return False


def test_the_command_is_the_server_and_ends_in_order(tmp_path: Path) -> None:
    make_live(tmp_path / "serving", held(tmp_path / "serving", 1))
    command = [sys.executable, "-m", "ml_platform.cli", "serve", MODEL, "--port", "0"]
    with subprocess.Popen(command, env=environment(tmp_path)) as process:
        address = started(process, tmp_path)
        assert address.pid == process.pid
        assert asked(address.url, rows(1)).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert not (tmp_path / "serving" / "endpoint.json").exists()


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    make_live(tmp_path / "serving", held(tmp_path / "serving", 1))
    serve = [sys.executable, "-m", "ml_platform.cli", "serve", MODEL, "--port"]
    with subprocess.Popen([*serve, "0"], env=environment(tmp_path)) as process:
        port = started(process, tmp_path).url.rpartition(":")[2]
        second = subprocess.run(
            [*serve, port], env=environment(tmp_path), capture_output=True, text=True, check=False
        )
        process.terminate()
    assert second.returncode != 0
    assert "cannot be listened on" in second.stderr
    assert "Traceback" not in second.stderr
