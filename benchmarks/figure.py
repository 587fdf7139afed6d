"""A figure with its goal, and the file that keeps it with the runs behind it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Attributes:
        what: what was measured, in words.
        value: the median.
        unit: ``s``, ``x`` for a ratio, ``e-3`` for thousandths, ``currency`` for amounts of money,
            ``d`` for days a year, ``%``, or ``n`` for a number of cases.
        goal: the number to reach; None for one that is only reported.
        at_least: the goal is a lower bound, else an upper one.
    """

    what: str
    value: float
    unit: str
    goal: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


def write_result(name: str, figures: Sequence[Figure], details: Mapping[str, Any]) -> Path:
    """Write ``results/<name>.json``: the figures, the machine, and what they are made from."""
    found = [{**asdict(each), "value": round(each.value, 3), "met": each.met} for each in figures]
    machine = {"cpus": os.cpu_count(), "python": platform.python_version()}
    file = RESULTS / f"{name}.json"
    file.parent.mkdir(exist_ok=True)
    result = {"command": f"python -m benchmarks.{name}", "figures": found, "machine": machine}
    text = json.dumps({**result, **details}, indent=2)
    file.write_text(text + "\n", encoding="utf-8")
    print(text)
    return file


def read_figures(name: str) -> list[Figure]:
    """The figures of ``results/<name>.json``."""
    kept = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))["figures"]
    return [Figure(**{k: v for k, v in each.items() if k != "met"}) for each in kept]


def rounded(seconds: Sequence[float]) -> list[float]:
    """Milliseconds are all that a shared machine can tell apart."""
    return [round(each, 3) for each in seconds]
