"""A recorded step of a rollout is made, published, and finished if it was cut short."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ml_platform.core.ledger import LedgerEntry
from ml_platform.core.rollout.plan import Stage
from ml_platform.core.rollout.running import Rollout, running
from ml_platform.core.rollout.step import Cause, Move, Step, recorded, rollout_id, started
from ml_platform.stores import champion_moves
from ml_platform.stores.champion_moves import GRACE
from ml_platform.stores.deployment import Deployment, read_deployment
from ml_platform.stores.model_registry import CANARY, CHALLENGER, SHADOW, ModelRegistry
from ml_platform.stores.rollout_moves import carry_out, pending
from ml_platform.stores.rollout_moves import finish as finish_line

MODEL = "flight_delay"
START = datetime(2026, 1, 1, tzinfo=UTC)
LATER = START + GRACE


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, empty_registry: Path) -> Path:
    """A home with three versions; the first is champion, the last the challenger."""
    home = tmp_path_factory.mktemp("template")
    artifact = home / "artifact"
    artifact.mkdir()
    (artifact / "model.ubj").write_text("{}")
    (artifact / "manifest.json").write_text("{}")
    (artifact / "spec.json").write_text(json.dumps({"spec": {}, "threshold": 0.5}))
    shutil.copy(empty_registry, home)
    made = registry_in(home)
    for _ in range(3):
        with made.training_run(MODEL) as run:
            made.register(run, artifact, {"distance": "float64"})
    made.promote(MODEL, 1)
    return home


@pytest.fixture
def registry(template: Path, tmp_path: Path) -> ModelRegistry:
    """The registry of a copy; a database takes its time to be made."""
    shutil.copy(template / "mlflow.db", tmp_path)
    return registry_in(tmp_path)


def registry_in(home: Path) -> ModelRegistry:
    return ModelRegistry(
        f"sqlite:///{home / 'mlflow.db'}", home / "artifacts", serving_root=home / "serving"
    )


def finish(registry: ModelRegistry, past: list[LedgerEntry], now: datetime) -> bool:
    line = pending(registry, past)
    return line is not None and finish_line(registry, line, now)


def begun(version: int = 2) -> LedgerEntry:
    stage = Stage("shadow")
    return started(
        MODEL,
        version,
        1,
        stage,
        decided_at=START,
        as_of="2025-12-31",
        entry_id=rollout_id(str(version)),
    )


def rollout() -> Rollout:
    found = running([begun()])
    assert found is not None
    return found


def line(move: Move, stage: Stage | None = None) -> LedgerEntry:
    step = Step(move, Cause.ALARM, "too slow", stage)
    return recorded(step, rollout(), decided_at=START + timedelta(seconds=1))


def live(registry: ModelRegistry) -> Deployment:
    assert registry.serving_root is not None
    found = read_deployment(registry.serving_root, MODEL)
    assert found is not None
    return found


def rising(registry: ModelRegistry) -> tuple[int, str, float, str | None] | None:
    found = live(registry).rollout
    return found and (found.version.version, found.stage, found.percent, found.entry_id)


def test_each_step_is_live_at_once_under_one_name_of_the_rollout(registry: ModelRegistry) -> None:
    carry_out(registry, begun())
    assert rising(registry) == (2, "shadow", 0.0, begun().entry_id)
    for percent in (5.0, 25.0):
        carry_out(registry, line(Move.ADVANCE, Stage("canary", percent)))
        assert rising(registry) == (2, "canary", percent, begun().entry_id)
    assert registry.by_alias(MODEL, SHADOW) is None
    assert live(registry).champion.version == 1


def test_a_promotion_leaves_nothing_on_its_way(registry: ModelRegistry) -> None:
    carry_out(registry, begun())
    carry_out(registry, line(Move.ADVANCE, Stage("canary", 25.0)))
    promotion = line(Move.PROMOTE)
    carry_out(registry, promotion)
    champion_moves.carry_out(registry, promotion)
    now = live(registry)
    assert (now.champion.version, now.previous.version, now.rollout) == (2, 1, None)


@pytest.mark.parametrize("move", [Move.ROLL_BACK, Move.GIVE_UP])
def test_a_version_that_was_rolled_back_has_no_role_and_says_why(
    registry: ModelRegistry, move: Move
) -> None:
    carry_out(registry, begun(3))
    last = recorded(
        Step(move, Cause.ALARM, "too slow"),
        running([begun(3)]),
        decided_at=START,
    )
    carry_out(registry, last)
    version = registry.version(MODEL, 3)
    assert (version.aliases, version.tags["refused"]) == ((), "too slow")
    assert rising(registry) is None
    assert live(registry).champion.version == 1


def test_a_rollout_that_ended_leaves_its_version_for_a_person_to_promote(
    registry: ModelRegistry,
) -> None:
    carry_out(registry, begun(3))
    end = recorded(Step(Move.END, Cause.REQUESTED, "so"), running([begun(3)]), decided_at=START)
    carry_out(registry, end)
    assert registry.version(MODEL, 3).aliases == (CHALLENGER,)


def test_a_hold_changes_nothing(registry: ModelRegistry) -> None:
    carry_out(registry, begun())
    before = live(registry)
    carry_out(registry, line(Move.HOLD, Stage("shadow")))
    assert live(registry) == before


def test_a_step_that_was_cut_short_is_made_once(registry: ModelRegistry) -> None:
    carry_out(registry, begun())
    past = [begun(), line(Move.ADVANCE, Stage("canary", 5.0)), line(Move.HOLD, Stage("shadow"))]
    after = LATER + timedelta(seconds=1)
    assert finish(registry, past, after)
    assert rising(registry) == (2, "canary", 5.0, begun().entry_id)
    assert not finish(registry, past, after)


def test_a_step_of_which_only_half_was_made_is_made_whole(registry: ModelRegistry) -> None:
    carry_out(registry, begun())
    registry.assign(MODEL, 2, CANARY)
    assert finish(registry, [begun(), line(Move.ROLL_BACK)], LATER + timedelta(seconds=1))
    assert registry.version(MODEL, 2).aliases == ()


def test_whoever_has_just_written_a_step_is_left_to_make_it(registry: ModelRegistry) -> None:
    assert not finish(registry, [begun()], LATER - timedelta(seconds=1))
    assert finish(registry, [begun()], LATER)


def test_a_role_that_a_person_took_away_stays_away(registry: ModelRegistry) -> None:
    carry_out(registry, begun())
    registry.release(MODEL, 2, SHADOW)
    assert not finish(registry, [begun()], LATER)
    assert registry.by_alias(MODEL, SHADOW) is None


def test_a_ledger_without_steps_or_of_a_version_that_is_gone_is_left_alone(
    registry: ModelRegistry,
) -> None:
    assert not finish(registry, [], LATER)
    assert not finish(registry, [begun(9)], LATER)


def test_another_version_keeps_the_role_that_one_is_taken_out_of(registry: ModelRegistry) -> None:
    registry.assign(MODEL, 3, CANARY)
    registry.release(MODEL, 2, CANARY)
    held = registry.by_alias(MODEL, CANARY)
    assert held is not None
    assert held.version == 3
