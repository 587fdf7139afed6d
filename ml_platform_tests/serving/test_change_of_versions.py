"""Versions change in a running endpoint: no request is lost, none is answered by two versions."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from ml_platform.stores.deployment import LiveRollout, LiveVersion
from ml_platform_tests.serving.logged import logged
from ml_platform_tests.serving.toy_endpoint import (
    MODEL,
    RunningEndpoint,
    asked,
    held,
    invocation,
    make_live,
    rows,
    running,
    scoring,
)
from ml_platform_tests.waiting import wait_until

SENT = rows(3)


@dataclass
class Served:
    """An endpoint over a home with two versions."""

    endpoint: RunningEndpoint
    versions: dict[int, LiveVersion]
    expected: dict[str, list[float]] = field(default_factory=dict)

    def answering(self) -> httpx.Response:
        return asked(self.endpoint.url, SENT)

    def live(self, champion: int, rollout: LiveRollout | None = None) -> None:
        """Publish, and wait until it answers."""
        previous = self.versions[3 - champion]
        make_live(self.endpoint.root, self.versions[champion], previous, rollout)
        if rollout is None:
            until(lambda: self.answering().headers["x-model-version"] == str(champion))


def until(holds: Callable[[], bool]) -> None:
    wait_until(holds, "the change of versions")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("changing")
    root = home / "serving"
    with running(home, MODEL, "--no-watch", wait="live") as endpoint:
        before = asked(endpoint.url, SENT)
        assert before.status_code == 503
        assert "has no champion yet" in before.text
        assert before.headers["retry-after"] == "1"
        versions = {number: held(root, number) for number in (1, 2)}
        expected = {
            str(number): scoring(root, version).score(SENT).tolist()
            for number, version in versions.items()
        }
        assert expected["1"] != expected["2"]
        made = Served(endpoint, versions, expected)
        make_live(root, versions[1], versions[2])
        until(lambda: made.answering().status_code == 200)
        yield made


def scores_of(answer: httpx.Response) -> list[float]:
    return [row["score"] for row in answer.json()["predictions"]]


def test_a_model_is_ready_once_its_first_version_is_promoted(served: Served) -> None:
    assert httpx.get(f"{served.endpoint.url}/v2/health/ready").status_code == 200
    answer = served.answering()
    assert scores_of(answer) == served.expected["1"]
    assert answer.headers["x-model-role"] == "champion"
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


@dataclass
class Clients:
    """Clients that ask without a pause, and what they got."""

    url: str
    answers: list[httpx.Response] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def ask(self, stop: threading.Event) -> None:
        with httpx.Client() as client:
            while not stop.is_set():
                try:
                    answer = client.post(f"{self.url}/invocations", json=invocation(SENT))
                except httpx.HTTPError as error:
                    self.troubles.append(repr(error))
                    continue
                if answer.status_code == 200:
                    self.answers.append(answer)
                else:
                    self.troubles.append(answer.text)


def asked_meanwhile(url: str, work: Callable[[Clients], None]) -> Clients:
    """Keep six clients busy while something is done."""
    clients, stop = Clients(url), threading.Event()
    threads = [threading.Thread(target=clients.ask, args=(stop,)) for _ in range(6)]
    for each in threads:
        each.start()
    try:
        work(clients)
    finally:
        stop.set()
        for each in threads:
            each.join()
    return clients


def test_under_load_each_answer_is_of_exactly_one_version_and_none_is_lost(
    served: Served,
) -> None:
    def change(clients: Clients) -> None:
        for champion in (2, 1, 2, 1):
            served.live(champion)
            before = len(clients.answers)
            # Six may have been on their way.
            until(lambda seen=before: len(clients.answers) > seen + 12)

    clients = asked_meanwhile(served.endpoint.url, change)
    assert clients.troubles == []
    by_id = {record.request_id: record for record in logged(served.endpoint.home)}
    versions = set()
    for answer in clients.answers:
        version, record = answer.headers["x-model-version"], by_id[answer.headers["x-request-id"]]
        assert scores_of(answer) == served.expected[version] == list(record.scores)
        assert str(record.version) == version
        versions.add(version)
    assert versions == {"1", "2"}


def test_a_canary_answers_its_share_of_the_keys_and_always_the_same_ones(served: Served) -> None:
    rollout = LiveRollout("canary", 50.0, ("carrier",), served.versions[2], "line-1")
    carriers = [f"C{number}" for number in range(40)]

    def roles() -> list[tuple[str, str]]:
        answers = [
            asked(served.endpoint.url, {**SENT, "carrier": [carrier] * 3}) for carrier in carriers
        ]
        return [
            (answer.headers["x-model-version"], answer.headers["x-model-role"])
            for answer in answers
        ]

    served.live(1, rollout)
    until(lambda: ("2", "challenger") in roles())
    first = roles()
    assert first == roles()
    assert set(first) == {("1", "champion"), ("2", "challenger")}
    assert 8 <= Counter(first)["2", "challenger"] <= 32
    served.live(1)


def test_a_shadow_scores_what_the_champion_answered_and_nobody_sees_it(served: Served) -> None:
    rollout = LiveRollout("shadow", 0.0, (), served.versions[2], "line-2")
    served.live(1, rollout)

    def shadows() -> dict[str, list[float]]:
        found = [record for record in logged(served.endpoint.home) if record.role == "shadow"]
        return {record.request_id: list(record.scores) for record in found}

    def is_cast() -> bool:
        assert scores_of(served.answering()) == served.expected["1"]
        return bool(shadows())

    until(is_cast)
    answer = served.answering()
    assert (answer.headers["x-model-version"], scores_of(answer)) == ("1", served.expected["1"])
    until(lambda: answer.headers["x-request-id"] in shadows())
    assert shadows()[answer.headers["x-request-id"]] == served.expected["2"]
    served.live(1)


def test_a_version_whose_files_are_wrong_never_answers(served: Served, tmp_path: Path) -> None:
    make_live(served.endpoint.root, LiveVersion(9, "versions/9", "no such digest"))
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        assert served.answering().headers["x-model-version"] == "1"
    served.live(1)
