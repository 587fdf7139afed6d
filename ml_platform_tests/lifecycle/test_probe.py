"""The probe sees what a client would see, and tells when the error budget burns."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pyarrow as pa
import pytest
from dagster import DagsterInstance

from ml_platform.core import names
from ml_platform.core.service_level.counters import increase
from ml_platform.core.service_level.probe import Probe
from ml_platform.core.verdict import Verdict
from ml_platform.stores.access_tokens import PREDICT, add_token
from ml_platform.stores.deployment import LiveRollout
from ml_platform.stores.endpoint_address import EndpointAddress, write_address
from ml_platform.stores.private_file import write_private
from ml_platform.stores.probe_log import SCHEMA
from ml_platform_tests.lifecycle.looks import Looks, alerts, logged
from ml_platform_tests.serving.toy_endpoint import (
    MODEL,
    RunningEndpoint,
    asked,
    held,
    make_live,
    rows,
    running,
)
from ml_platform_tests.waiting import wait_until


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEndpoint]:
    """An endpoint with a champion; each test makes its own versions live."""
    home = tmp_path_factory.mktemp("served")
    make_live(home / "serving", held(home / "serving", 1))
    with running(home, MODEL, "--no-watch") as endpoint:
        yield endpoint


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def looks(served: RunningEndpoint, tmp_path: Path, instance: DagsterInstance) -> Looks:
    make_live(served.root, held(served.root, 1))
    return Looks(served.home, tmp_path, instance)


def golden_scores_changed(served: RunningEndpoint, version: int) -> None:
    """Have the platform know other scores than the endpoint, which checked its own at the load."""
    file = served.root / MODEL / "versions" / str(version) / "spec.json"
    spec = json.loads(file.read_text())
    spec["golden"]["scores"] = [
        (float.fromhex(score) + 2**-40).hex() for score in spec["golden"]["scores"]
    ]
    file.write_text(json.dumps(spec))


def test_where_no_endpoint_was_started_there_is_nothing_to_look_at(
    tmp_path: Path, instance: DagsterInstance
) -> None:
    looks = Looks(tmp_path / "home", tmp_path, instance)
    assert looks.next().startswith("no endpoint was started: `ml-platform serve` starts one")
    assert looks.probes == []


def test_a_model_without_a_live_version_and_one_not_served_are_not_looked_at(
    tmp_path: Path, instance: DagsterInstance
) -> None:
    looks = Looks(tmp_path / "home", tmp_path, instance)
    root = looks.settings.serving_root
    write_address(root, EndpointAddress("http://127.0.0.1:1", os.getpid()))
    assert looks.next() == "flight_delay has no champion that is served"
    write_address(root, EndpointAddress("http://127.0.0.1:1", os.getpid(), ("other",)))
    assert looks.next() == "the endpoint serves other only"
    assert looks.probes == []


def test_the_right_answer_is_available_and_its_look_counts_as_no_request(looks: Looks) -> None:
    url = looks.settings.endpoint_url
    assert url is not None
    assert looks.next().startswith("version 1 answered rightly in")
    for _ in range(5):
        assert asked(url, rows(2)).status_code == 200
    assert httpx.post(f"{url}/invocations", content=b"no").status_code == 415
    assert looks.next().startswith("version 1 answered rightly in")
    before, after = looks.probes
    assert (after.ok, after.version, after.error) == (True, 1, None)
    assert after.latency_ms is not None
    assert after.latency_ms > 0
    assert before.counters is not None
    assert after.counters is not None
    counted = increase(before.counters, after.counters)
    assert (counted.answered["2xx"], counted.answered["4xx"]) == (5, 1)
    assert counted.at_most[float("inf")] == 5
    assert looks.budget == []


def test_a_new_champion_is_held_to_its_own_score(looks: Looks, served: RunningEndpoint) -> None:
    looks.next()
    make_live(served.root, held(served.root, 2))
    assert looks.next().startswith("version 2 answered rightly in")


def test_the_champion_is_looked_at_though_a_canary_answers_nearly_all(
    looks: Looks, served: RunningEndpoint
) -> None:
    champion, rising = held(served.root, 1), held(served.root, 3)
    make_live(served.root, champion, rollout=LiveRollout("canary", 99.9, (), rising))
    url = f"{served.url}/invocations"
    wait_until(
        lambda: asked(served.url, rows(1)).headers["x-model-version"] == "3",
        f"version 3 answers at {url}",
    )
    for _ in range(3):
        assert looks.next().startswith("version 1 answered rightly in")


def test_a_look_is_in_the_log_as_a_probe(looks: Looks, served: RunningEndpoint) -> None:
    assert asked(served.url, rows(1)).status_code == 200
    looks.next()
    last = max(logged(looks), key=lambda record: record.received_at)
    assert (last.status, last.role, last.rows) == ("probe", "champion", 1)


def test_an_endpoint_with_tokens_is_shown_one(tmp_path: Path, instance: DagsterInstance) -> None:
    home, token = tmp_path / "home", tmp_path / "token"
    make_live(home / "serving", held(home / "serving", 1))
    write_private(token, add_token(home / "tokens.json", "probe", PREDICT).encode())
    looks = Looks(home, tmp_path, instance, ML_PLATFORM_ENDPOINT_TOKEN=str(token))
    with running(home, MODEL, "--no-watch", "--tokens", str(home / "tokens.json")):
        assert looks.next().startswith("version 1 answered rightly in")
        assert looks.probes[0].counters is not None
        assert Looks(home, tmp_path, instance).next().startswith("unavailable: HTTP 401")


def test_a_score_that_differs_in_a_late_digit_is_an_outage(
    looks: Looks, served: RunningEndpoint
) -> None:
    golden_scores_changed(served, 1)
    assert "unavailable: version 1 answered 0." in looks.next()
    [found] = looks.probes
    assert (found.ok, found.version) == (False, 1)
    assert ", known is 0." in str(found.error)


def test_what_is_no_score_is_an_outage_too(looks: Looks, served: RunningEndpoint) -> None:
    make_live(served.root, held(served.root, 1), name="other")
    write_address(served.root, EndpointAddress(f"{served.url}/nowhere", served.process.pid))
    try:
        assert looks.next().startswith("unavailable: HTTP 404: ")
    finally:
        write_address(served.root, EndpointAddress(served.url, served.process.pid, (MODEL,)))


def test_an_endpoint_that_hangs_is_an_outage(looks: Looks, served: RunningEndpoint) -> None:
    os.killpg(served.process.pid, signal.SIGSTOP)
    try:
        assert looks.next() == "unavailable: no answer within 5 s"
    finally:
        os.killpg(served.process.pid, signal.SIGCONT)


def test_an_endpoint_that_was_killed_burns_its_budget_and_people_are_told_once(
    tmp_path: Path, instance: DagsterInstance
) -> None:
    home = tmp_path / "home"
    make_live(home / "serving", held(home / "serving", 1))
    looks = Looks(home, tmp_path, instance)
    started = datetime.now(UTC) - timedelta(hours=1)
    past = [Probe(started + timedelta(seconds=30 * i), ok=True).to_row() for i in range(119)]
    table = looks.lake.open().table(names.table_of(names.of_model(MODEL, names.PROBES)))
    table.append_arrow(pa.Table.from_pylist(past, schema=SCHEMA))
    with running(home, MODEL, "--no-watch") as endpoint:
        assert "answered rightly" in looks.next()
        assert [found.verdict for found in looks.budget] == [Verdict.PASSED]
        os.killpg(endpoint.process.pid, signal.SIGKILL)
        endpoint.process.wait()
        said = [looks.next() for _ in range(3)]
    assert set(said) == {"unavailable: the endpoint's process is gone"}
    assert [found.verdict for found in looks.budget] == [Verdict.FAILED, Verdict.PASSED]
    assert "scale or roll back the endpoint" in looks.budget[0].sentence
    told = alerts(looks)
    about = f"{MODEL}/service_report: error budget"
    assert told.next()[1] == f"1 alert sent ({about}), 1 trouble open"
    assert told.next()[1] == f"0 alerts sent, 1 trouble open ({about})"
    [message] = map(json.loads, (tmp_path / "alerts.jsonl").read_text().splitlines())
    assert (message["severity"], message["model"]) == ("critical", MODEL)


def test_an_endpoint_that_was_stopped_is_not_looked_at_any_more(
    tmp_path: Path, instance: DagsterInstance
) -> None:
    home = tmp_path / "home"
    make_live(home / "serving", held(home / "serving", 1))
    looks = Looks(home, tmp_path, instance)
    with running(home, MODEL, "--no-watch"):
        looks.next()
    assert looks.next().startswith("no endpoint was started")
    assert len(looks.probes) == 1
