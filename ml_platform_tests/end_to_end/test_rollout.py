"""A rollout on a real endpoint: real answers, the real log, moved and read; every step on record.

One worker after another may swap a version, so a step is waited for until every worker made it.
"""

from __future__ import annotations

import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner
from dagster import DagsterInstance

from ml_platform.cli import main
from ml_platform.core import names
from ml_platform.core.golden_rows import GoldenRows
from ml_platform.core.rollout.history import tenures
from ml_platform.estimators.artifact import load_artifact, save_artifact
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform.estimators.xgboost_model import fit
from ml_platform.lifecycle.request_log import request_mover
from ml_platform_tests.end_to_end.steady_traffic import Answer, SteadyTraffic
from ml_platform_tests.estimators import toy_preprocess
from ml_platform_tests.estimators.toy_model import PARAMS, flights, training_data
from ml_platform_tests.lifecycle.rollout_home import MODEL, RolloutHome, declared
from ml_platform_tests.lifecycle.ticks import Ticks
from ml_platform_tests.serving.toy_endpoint import INPUTS, RunningEndpoint, running
from ml_platform_tests.waiting import PATIENCE, wait_until

ROLLOUT = {
    "canary": [20, 60],
    "key": ["flight"],
    "step_requests": 150,
    "step_minutes": 0,
    "max_divergence": 0.15,
    # A busy machine is slow for both: what is tested here is the rest.
    "max_slow_share": None,
}


@dataclass(frozen=True)
class Versions:
    """The home of a rollout with its endpoint and who asks it."""

    home: RolloutHome
    endpoint: RunningEndpoint
    traffic: SteadyTraffic
    ticks: Ticks

    def step(self) -> str:
        """Move what was logged, and let the sensor look once."""
        request_mover(self.home.model, self.home.lake).move()
        return self.ticks.next()[1]

    def settle(self) -> None:
        """Wait until both workers answer by what is published."""
        sought = f'ml_platform_model_generation{{model="{MODEL}"}} '

        def taken_up() -> bool:
            page = httpx.get(f"{self.endpoint.url}/metrics").text
            told = [line for line in page.splitlines() if line.startswith(sought)]
            return told == [f"{sought}{self.home.live.generation:.1f}"]

        wait_until(taken_up, "both workers took up what is published")

    def until(self, seen: Callable[[Answer], bool]) -> float:
        """Ask until an answer is as expected; how long that took."""
        began = time.monotonic()
        while not seen(self.traffic.send(1)[0]):
            assert time.monotonic() - began < PATIENCE
        return time.monotonic() - began


def artifact(folder: Path, *, turned: bool = False, seed: int = 0) -> ScoringModel:
    """A model of the made flights; turned, it says late where it was on time."""
    matrix, late = training_data()
    model = PARAMS | {"subsample": 0.9}
    booster = fit(matrix, 1 - late if turned else late, model, toy_preprocess.FEATURES, seed=seed)
    scoring = ScoringModel(
        booster, toy_preprocess.transform, INPUTS, toy_preprocess.FEATURES, 0.4, spec={}
    )
    golden = GoldenRows(flights(8), scoring.score(flights(8)))
    digest = save_artifact(
        folder,
        booster,
        spec_resolved=declared(ROLLOUT).spec.resolved(),
        preprocess_name=toy_preprocess.__name__,
        feature_names=toy_preprocess.FEATURES,
        input_columns=INPUTS,
        threshold=0.4,
        extra={
            "golden": golden.to_json(INPUTS),
            "key_columns": {"flight": "string", "carrier": "string"},
        },
    )
    return load_artifact(folder, digest)


@pytest.fixture(scope="module")
def template(
    tmp_path_factory: pytest.TempPathFactory, empty_registry: Path
) -> tuple[RolloutHome, dict]:
    """Versions 1 and 2 are sound, 3 is not; 1 is champion."""
    folder = tmp_path_factory.mktemp("rollout")
    shutil.copy(empty_registry, folder)
    with DagsterInstance.ephemeral() as instance:
        model = replace(declared(ROLLOUT), inputs=INPUTS)
        home = RolloutHome(folder, model, instance)
        made = {}
        for version, turned in ((1, False), (2, False), (3, True)):
            made[version] = artifact(folder / f"artifact-{version}", turned=turned, seed=version)
            home.register(folder / f"artifact-{version}")
        home.registry.promote(MODEL, 1)
        yield home, made


@pytest.fixture
def served(
    template: tuple[RolloutHome, dict], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Versions]:
    home, models = replace(template[0], home=tmp_path), template[1]
    (tmp_path / "mlflow.db").write_bytes((template[0].home / "mlflow.db").read_bytes())
    monkeypatch.setenv("ML_PLATFORM_HOME", str(tmp_path))
    for name in ("ML_PLATFORM_LAKE", "MLFLOW_TRACKING_URI", "ML_PLATFORM_ARTIFACTS"):
        monkeypatch.delenv(name, raising=False)
    columns = {name: pa.array(values) for name, values in flights(1).items()}
    features = {**columns, "flight": ["1"], "partition": ["2026-01-01"]}
    home.lake.table(home.model.table(names.FEATURES)).replace_arrow(
        pa.table(features), ["2026-01-01"]
    )
    home.begin(3, 1, datetime.now(UTC))  # published with the champion; another may follow
    with running(tmp_path, MODEL, "--workers", "2") as endpoint:
        yield Versions(home, endpoint, SteadyTraffic(endpoint.url, models), home.ticks())


def begin_instead(served: Versions, version: int) -> None:
    """Begin another rollout in place of that of version 3 in the shadow."""
    ended = CliRunner().invoke(
        main, ["rollback", MODEL, "--rollout", "--by", "Ada", "--why", "the other one first"]
    )
    assert ended.exit_code == 0, ended.output
    served.home.begin(version, 1, datetime.now(UTC))
    served.settle()


def labels_come(home: RolloutHome) -> None:
    """Flights of one carrier are late and others are not, as the sound versions have learned."""
    known = [(str(key), carrier) for key in range(300) for carrier in ("AA", "B6", "UA")]
    rows = {
        "flight": [flight for flight, _ in known],
        "carrier": [carrier for _, carrier in known],
        "label": pa.array([int(carrier == "B6") for _, carrier in known], pa.int32()),
        "labelled_at": pa.array([datetime.now(UTC)] * len(known), pa.timestamp("us", tz="UTC")),
        "partition": ["2026-01-01"] * len(known),
    }
    labels = home.lake.table(home.model.table(names.LABELS))
    labels.replace_arrow(pa.table(rows), ["2026-01-01"])


def by_role(answers: list[Answer]) -> dict[str, set[int]]:
    found = defaultdict(set)
    for each in answers:
        found[each.role].add(each.key)
    return found


@pytest.mark.slow
def test_a_sound_version_comes_to_be_champion_and_every_answer_is_one_versions_own(
    served: Versions,
) -> None:
    begin_instead(served, 2)
    shadow = served.traffic.send(300)
    assert {each.version for each in shadow} == {1}
    assert "next: canary 20%" in served.step()
    served.until(lambda each: each.version == 2)

    served.settle()
    small = served.traffic.send(1200)
    assert "next: canary 60%" in served.step()
    served.settle()
    large = served.traffic.send(600)
    assert "version 2 replaces version 1" in served.step()
    served.settle()
    last = served.traffic.send(50)

    assert {(each.version, each.role) for each in last} == {(2, "champion")}
    assert by_role(small)["challenger"] < by_role(large)["challenger"]
    assert not by_role(small)["challenger"] & by_role(small)["champion"]
    assert len(by_role(small)["challenger"]) / served.traffic.keys == pytest.approx(0.2, abs=0.08)
    assert served.traffic.failed == []
    assert all(each.own for each in served.traffic.answers)
    told = [(each.version, each.role, each.percent) for each in tenures(served.home.past)]
    assert told[1:] == [
        (2, "shadow", None),
        (2, "canary", 20.0),
        (2, "canary", 60.0),
        (2, "champion", None),
    ]
    assert "canary 60%" in CliRunner().invoke(main, ["history", MODEL]).stdout


@pytest.mark.slow
def test_a_bad_version_is_rolled_back_before_anybody_gets_its_answer(served: Versions) -> None:
    answers = served.traffic.send(100)
    assert "difference to the champion's scores" in served.step()

    assert {each.version for each in answers + served.traffic.send(50)} == {1}
    assert served.home.live.rollout is None
    assert served.home.said == [
        ("rollout_started", "gate_passed"),
        ("rollout_rolled_back", "alarm"),
    ]
    assert "limit .15" in served.home.registry.version(MODEL, 3).tags["refused"]
    log = served.home.lake.table(served.home.model.table(names.INFERENCE_LOG)).read_arrow()
    scored = np.array(log["role"]) == "shadow"
    assert set(np.array(log["model_version"])[scored]) == {3}
    assert scored.sum() > 100


@pytest.mark.slow
def test_a_canary_that_answers_worse_is_rolled_back_once_labels_say_so(served: Versions) -> None:
    model = declared({**ROLLOUT, "shadow": False, "max_divergence": None, "max_loss": 0.02})
    home = replace(served.home, model=replace(model, inputs=INPUTS))
    served = replace(served, home=home, ticks=home.ticks())
    begin_instead(served, 3)
    answers = served.traffic.send(600)
    assert {(each.version, each.role) for each in answers} == {(1, "champion"), (3, "challenger")}
    assert "rolled_back" not in served.step()

    labels_come(home)
    assert "loss in excess of the champion's" in served.step()
    served.settle()
    assert {each.version for each in served.traffic.send(100)} == {1}
    assert served.home.said[-1] == ("rollout_rolled_back", "alarm")
    assert all(each.own for each in served.traffic.answers)
    assert served.traffic.failed == []


@pytest.mark.slow
def test_a_rollback_by_hand_takes_effect_by_itself_and_loses_nothing(served: Versions) -> None:
    answers = served.traffic.answers
    promoted = CliRunner().invoke(
        main, ["promote", MODEL, "2", "--by", "Ada", "--why", "looks well"]
    )
    assert promoted.exit_code == 0, promoted.output
    with served.traffic.going_on():
        served.settle()
        wait_until(lambda: any(each.version == 2 for each in answers[-20:]), "version 2 answers")
        asked = time.monotonic()
        back = CliRunner().invoke(main, ["rollback", MODEL, "--by", "Ada", "--why", "complaints"])
        assert back.exit_code == 0, back.output
        given = time.monotonic()
        served.settle()
        settled = time.monotonic()
        wait_until(lambda: sum(each.sent > settled for each in answers[-50:]) >= 20, "more answers")
    print(
        f"command {given - asked:.2f} s, last answer of the old champion "
        f"{served.traffic.last_by(2) - asked:.2f} s after it was given"
    )
    assert served.traffic.last_by(2) <= settled
    assert {each.version for each in answers if each.sent > settled} == {1}
    assert served.traffic.failed == []
    assert all(each.own for each in answers)
