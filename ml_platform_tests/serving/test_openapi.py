"""The endpoint's own description holds: schemathesis asks every path by it, as anybody could."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from ml_platform.serving.openapi import description
from ml_platform.serving.served_model import load_served_model
from ml_platform_tests.serving.toy_endpoint import (
    MODEL,
    RunningEndpoint,
    asked,
    held,
    make_live,
    rows,
    running,
)

CASES = "10"
"""Documents drawn per operation, beside those that go through every keyword of a schema."""


def described(url: str) -> dict[str, Any]:
    return dict(httpx.get(f"{url}/openapi.json").json())


def test_schemathesis_finds_nothing_with_its_default_checks(
    endpoint: RunningEndpoint, tmp_path: Path
) -> None:
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{endpoint.url}/openapi.json"),
            *("--max-examples", CASES, "--seed", "1", "--request-timeout", "10", "--no-color"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
    assert "No issues found" in ran.stdout
    # The description itself is not among what it asks.
    operations = len(described(endpoint.url)["paths"]) - 1
    assert f"Selected: {operations}/{operations}" in ran.stdout
    assert f"Tested: {operations}" in ran.stdout


def test_every_path_it_names_is_there(endpoint: RunningEndpoint) -> None:
    for path, operations in described(endpoint.url)["paths"].items():
        if "get" in operations:
            assert httpx.get(endpoint.url + path).status_code == 200, path
        else:
            assert httpx.get(endpoint.url + path).headers["allow"] == "POST", path


def test_a_row_is_described_as_the_model_takes_it(endpoint: RunningEndpoint) -> None:
    row = described(endpoint.url)["components"]["schemas"][f"{MODEL}.row"]
    assert row["required"] == ["distance", "sched_dep_time", "carrier", "at"]
    assert row["properties"].keys() == {*row["required"], "flight", "event_time"}
    assert row["additionalProperties"] is False
    assert row["properties"]["sched_dep_time"]["maximum"] == 2**53


@pytest.mark.parametrize("tokens", [True, False])
def test_a_token_is_described_where_one_is_asked_for(tmp_path: Path, tokens: bool) -> None:
    live = held(tmp_path, 3)
    served = load_served_model(tmp_path / MODEL, MODEL, live, lambda folder, version: None)
    said = description([served], tokens=tokens)
    for path, operations in said["paths"].items():
        asks = tokens and path not in ("/ping", "/health", "/v2/health/live", "/v2/health/ready")
        for operation in operations.values():
            assert ("security" in operation) is asks, path
            assert ("401" in operation["responses"]) is asks, path
    assert ("securitySchemes" in said["components"]) is tokens


def test_of_several_models_each_is_asked_by_its_name(tmp_path: Path) -> None:
    root = tmp_path / "serving"
    for name, version in (("flight_delay", 1), ("flight_fare", 2)):
        make_live(root, held(root, version, name=name), name=name)
    with running(tmp_path, "--all", "--no-watch") as endpoint:
        paths = described(endpoint.url)["paths"]
        assert "/invocations" not in paths
        refused = asked(endpoint.url, rows(1))
        assert refused.status_code == 404
        assert "name the model in the path" in refused.json()["message"]
        for name, version in (("flight_delay", 1), ("flight_fare", 2)):
            assert f"/models/{name}/invocations" in paths
            answer = httpx.post(
                f"{endpoint.url}/models/{name}/invocations",
                json={"dataframe_records": [{key: row[0] for key, row in rows(1).items()}]},
            ).json()
            assert (answer["model"], answer["model_version"]) == (name, version)
