"""Evidently and NannyML over the same generated days, as files of rows.

Their answers depend on nothing of this platform, and take minutes: they may be kept in a folder and
are taken from there when they are there.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.drift_cases import (
    CASES,
    HORIZON,
    REFERENCE_DAYS,
    YEAR,
    Case,
    Found,
    first_alarm,
)
from benchmarks.drift_worlds import COLUMNS, World
from benchmarks.peers.environment import run_peer

PEER_ROWS = 1_000
EVIDENTLY_REFERENCE = 10_000
PEERS = ("evidently", "nannyml")
SCRIPTS = Path(__file__).parent / "peers"

Answer = dict[str, list[dict[str, Any]]]
"""By peer and world: values and alerts of each day, by column, or calculator and column."""


def asked(worlds: Sequence[World], days: int, columns: Sequence[Sequence[str]]) -> Answer:
    """What both peers say of the days after the reference of some worlds that share it.

    Args:
        worlds: The first one's reference is that of all.
        days: How many are judged.
        columns: Of each world, those that matter. NannyML judges all columns of any.
    """
    known = [name for name, _ in COLUMNS if any(name in each for each in columns)]
    with tempfile.TemporaryDirectory(prefix="benchmark") as folder:
        frame = worlds[0].frame(known, 0, REFERENCE_DAYS)
        reference, sample = Path(folder) / "reference.parquet", Path(folder) / "sample.parquet"
        frame.to_parquet(reference)
        frame.sample(EVIDENTLY_REFERENCE, random_state=0).to_parquet(sample)
        analyses = []
        for number, world in enumerate(worlds):
            analyses.append(str(Path(folder) / f"analysis-{number}.parquet"))
            rows = world.frame(known, REFERENCE_DAYS, REFERENCE_DAYS + days)
            rows.to_parquet(analyses[-1])
        given = {"analyses": analyses, "rows": PEER_ROWS, "columns": columns}
        nannyml = run_peer(
            "nannyml", SCRIPTS / "nannyml_drift.py", given | {"reference": str(reference)}
        )
        evidently = run_peer(
            "evidently", SCRIPTS / "evidently_drift.py", given | {"reference": str(sample)}
        )
    return {"nannyml": [_flat(world) for world in nannyml], "evidently": evidently}


def _flat(world: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {f"{name}: {c}": each for name, found in world.items() for c, each in found.items()}


def kept(folder: Path | None, name: str, ask: Callable[[], Answer]) -> Answer:
    """An answer out of the folder, or asked for and put there."""
    file = folder / f"{name}.json" if folder else None
    if file and file.exists():
        answer: Answer = json.loads(file.read_text(encoding="utf-8"))
        return answer
    answer = ask()
    if file:
        file.write_text(json.dumps(answer), encoding="utf-8")
    print(f"{name}: the peers answered", flush=True)
    return answer


@dataclass(frozen=True)
class PeerYears:
    """What a peer says of undrifted years.

    Attributes:
        alarm_days: Days a year on which any column alerts.
        dataset_days: Days a year on which at least half the columns do.
        cutoffs: By what they are set to, and per column: the value above which it would alert.
        days_above: By what they are set to: days of each year with a value above its cutoff.
    """

    alarm_days: float
    dataset_days: float
    cutoffs: Mapping[str, Mapping[str, float]]
    days_above: Mapping[str, list[int]]


def peer_years(
    found: Sequence[Mapping[str, Mapping[str, Any]]], allowed: Mapping[str, int]
) -> PeerYears:
    """Sum up years; cutoffs are set alike over values standardised by column.

    Args:
        found: Per year, the answer by column.
        allowed: How many days with a value above its cutoff all years together have.
    """
    values = np.array([[each["value"] for each in year.values()] for year in found])
    alerts = np.array([[each["alert"] for each in year.values()] for year in found]) > 0
    mean, spread = values.mean(axis=(0, 2)), np.maximum(values.std(axis=(0, 2)), 1e-9)
    greatest = ((values - mean[:, None]) / spread[:, None]).max(axis=1)
    at = {how: float(np.sort(greatest, axis=None)[-1 - days]) for how, days in allowed.items()}
    return PeerYears(
        float(alerts.any(axis=1).sum(axis=1).mean()),
        float((alerts.mean(axis=1) >= 0.5).sum(axis=1).mean()),
        {
            how: dict(zip(found[0], (mean + each * spread).tolist(), strict=True))
            for how, each in at.items()
        },
        {how: (greatest > each).sum(axis=1).tolist() for how, each in at.items()},
    )


def undrifted_years(
    folder: Path | None, years: int, allowed: Mapping[str, int]
) -> dict[str, PeerYears]:
    """Both peers over all columns of undrifted years, each with a reference of its own."""
    answers = [kept(folder, f"year-{seed}", lambda: _year(seed)) for seed in range(years)]  # noqa: B023
    return {peer: peer_years([each[peer][0] for each in answers], allowed) for peer in PEERS}


def _year(seed: int) -> Answer:
    world = World(seed, REFERENCE_DAYS + YEAR, PEER_ROWS)
    return asked([world], YEAR, [[name for name, _ in COLUMNS]])


def peer_delays(
    folder: Path | None, years: Mapping[str, PeerYears], repeats: int
) -> dict[str, dict[Case, Found]]:
    """Delays of both peers in every case, at their defaults and at all cutoffs."""
    delays: dict[str, dict[Case, list[int | None]]] = {}
    for repetition in range(repeats):
        answer = kept(folder, f"repetition-{repetition}", lambda: _repetition(repetition))  # noqa: B023
        for peer in PEERS:
            for case, found in zip(CASES, answer[peer], strict=True):
                for how, first in _first_alarms(found, case, years[peer].cutoffs).items():
                    delays.setdefault(f"{peer}, {how}", {}).setdefault(case, []).append(first)
    return {
        how: {case: Found(tuple(each)) for case, each in found.items()}
        for how, found in delays.items()
    }


def _repetition(repetition: int) -> Answer:
    worlds = [case.world(repetition, PEER_ROWS) for case in CASES]
    return asked(worlds, HORIZON, [case.columns for case in CASES])


def _first_alarms(
    found: Mapping[str, Any], case: Case, cutoffs: Mapping[str, Mapping[str, float]]
) -> dict[str, int | None]:
    """First alarm of a shifted column, at the defaults and at all cutoffs."""
    own = {name: each for name, each in found.items() if name.split(": ")[-1] in case.columns}
    alerts = np.array([each["alert"] for each in own.values()]) > 0
    values = np.array([each["value"] for each in own.values()])
    firsts = {"defaults": first_alarm(alerts.any(axis=0).tolist())}
    for how, by_column in cutoffs.items():
        at = np.array([by_column[name] for name in own])
        firsts[how] = first_alarm((values > at[:, None]).any(axis=0).tolist())
    return firsts
