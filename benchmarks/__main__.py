"""Every benchmark in turn, each in a process of its own, then all figures beside their goals.

python -m benchmarks [NAME ...]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure, read_figures

BENCHMARKS = (
    "contract_pass",
    "delta_write",
    "profile_speed",
    "stored_windows",
    "day_overhead",
    "growth",
    "reaction_time",
    "estimated_performance",
    "estimated_errors",
    "drift_quality",
    "flights_alarms",
    "rollout_test",
    "request_log",
    "serving_speed",
    "serving_scaling",
    "serving_engines",
)
UNITS = {
    "x": "times",
    "currency": "of the currency",
    "s": "seconds",
    "e-3": "thousandths",
    "M/s": "million a second",
    "d": "days",
    "%": "percent",
    "n": "cases",
}
MET = {True: "[green]met[/green]", False: "[red]missed[/red]", None: ""}


def row(figure: Figure) -> tuple[str, str, str, str]:
    """What the table shows of a figure."""
    bound = "at least" if figure.at_least else "at most"
    goal = "" if figure.goal is None else f"{bound} {figure.goal:g}"
    return figure.what, f"{figure.value:.2f} {UNITS[figure.unit]}", goal, MET[figure.met]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print the table; the exit code says whether every benchmark ran to its end."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", nargs="*", help=f"of {', '.join(BENCHMARKS)}; all unless named")
    names = parser.parse_args(arguments).name or BENCHMARKS
    table = Table("what", "measured", "goal", "", title="Speed")
    broken = []
    for name in names:
        print(f"--- {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            broken.append(name)
            table.add_row(name, "did not finish", "", MET[False])
            continue
        for figure in read_figures(name):
            table.add_row(*row(figure))
    Console().print(table)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
