"""A recorded move of the champion that was cut short is made, and made once only."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ml_platform.core.ledger import NOT_MOVED, EntryKind, LedgerEntry
from ml_platform.stores.champion_moves import GRACE, carry_out, finish
from ml_platform.stores.model_registry import PREVIOUS, ModelRegistry

MODEL = "flight_delay"
START = datetime(2026, 1, 1, tzinfo=UTC)
LATER = START + GRACE


@pytest.fixture
def registry(tmp_path: Path, empty_registry: Path) -> ModelRegistry:
    """Two versions; the first is champion."""
    artifact = tmp_path / "artifact"
    artifact.mkdir()
    for name in ("model.ubj", "spec.json", "manifest.json"):
        (artifact / name).write_text('{"threshold": 0.5}')
    shutil.copy(empty_registry, tmp_path)
    made = ModelRegistry(f"sqlite:///{tmp_path / 'mlflow.db'}", tmp_path / "artifacts")
    for _ in range(2):
        with made.training_run(MODEL) as run:
            made.register(run, artifact, {"distance": "float64"})
    made.promote(MODEL, 1)
    return made


def promotion(former: int | None = 1, **other: Any) -> LedgerEntry:
    """The line that announces version 2."""
    said = {"model_version": "2", "evidence": {"former": former}} | other
    return LedgerEntry("announced", MODEL, START, "2026-01-01", EntryKind.PROMOTION, **said)


def champion(registry: ModelRegistry) -> int:
    version = registry.champion(MODEL)
    assert version is not None
    return version.version


def test_a_move_that_was_cut_short_is_made_once(registry: ModelRegistry) -> None:
    past = [promotion()]

    assert finish(registry, past, LATER)
    assert champion(registry) == 2
    assert registry.by_alias(MODEL, PREVIOUS) == registry.version(MODEL, 1)
    assert not finish(registry, past, LATER)


def test_whoever_has_just_announced_a_move_is_left_to_make_it(registry: ModelRegistry) -> None:
    assert not finish(registry, [promotion()], LATER - timedelta(seconds=1))
    assert champion(registry) == 1


def test_a_champion_that_a_person_moved_back_by_hand_stays(registry: ModelRegistry) -> None:
    carry_out(registry, promotion())
    registry.promote(MODEL, 1)

    assert not finish(registry, [promotion()], LATER)
    assert champion(registry) == 1


@pytest.mark.parametrize(
    "announced",
    [
        promotion(former=None),
        promotion(model_version="9"),
        promotion(model_version=None),
        promotion(evidence={}),
        promotion(model_version="1"),
    ],
    ids=["another champion since", "no such version", "no version", "an old line", "itself"],
)
def test_what_is_not_known_to_be_cut_short_is_left_alone(
    registry: ModelRegistry, announced: LedgerEntry
) -> None:
    assert not finish(registry, [announced], LATER)
    assert champion(registry) == 1


def test_only_the_last_move_that_stands_is_made(registry: ModelRegistry) -> None:
    taken_back = LedgerEntry(
        *("not", MODEL, START, "2026-01-01", EntryKind.OUTCOME, NOT_MOVED), refers_to="announced"
    )

    assert not finish(registry, [], LATER)
    assert not finish(registry, [promotion(), taken_back], LATER)
    assert champion(registry) == 1


def test_the_first_champion_can_be_cut_short_too(tmp_path: Path, registry: ModelRegistry) -> None:
    with registry.training_run("other") as run:
        registry.register(run, tmp_path / "artifact", {"distance": "float64"})
    first = LedgerEntry(
        *("first", "other", START, "2026-01-01", EntryKind.PROMOTION),
        model_version="1",
        evidence={"former": None},
    )

    assert finish(registry, [first], LATER)
    assert registry.champion("other") == registry.version("other", 1)
