"""Drift alarms: how many are false, and how soon real drift is seen, against Evidently and NannyML.

False alarms are days in alarm over generated years in which nothing drifts; delays are days from
the first shifted day to the first alarm of a shifted column, both counted. The peers are judged at
their defaults, again at the thresholds that give them as many false alarms as ours raised, and at
those that give them as many as the budget allows: taken with hindsight from the very undrifted
years that ours was judged on, which in life no one has. A peer is better in a case where at as many
false alarms its median delay is shorter or its share of misses is less; no allowance is made for
chance. One year would not do: thresholds that let 2 of its days through let up to 6 of another's.

Ours counts profiles, so that a day of a million rows costs as much as one of a thousand. The
peers need rows: they get days of 1,000, and Evidently 10,000 rows of reference.

    python -m benchmarks.drift_quality [--years 10] [--repeats 12] [--answers FOLDER]
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.drift_alarms import BUDGET, delays, false_alarms
from benchmarks.drift_cases import HORIZON, Case, Found
from benchmarks.drift_peers import PEER_ROWS, peer_delays, undrifted_years
from benchmarks.figure import Figure, write_result

SIZES = (PEER_ROWS, 30_000, 1_000_000)
EQUAL, ALLOWED = "equal false alarms", "the budget's false alarms"

Delays = Mapping[Case, Found]


def measure(years: int, repeats: int, answers: Path | None) -> None:
    """Measure false alarms and delays of all three, and write the result."""
    alarms, alike = ({n: false_alarms(n, years, rho) for n in SIZES} for rho in (0.0, 0.5))
    ours = {rows: delays(rows, repeats) for rows in SIZES}
    allowed = {EQUAL: sum(alarms[PEER_ROWS]), ALLOWED: round(BUDGET * years)}
    peers = undrifted_years(answers, years, allowed)
    theirs = peer_delays(answers, peers, repeats)
    beaten = better_peers(ours[PEER_ROWS], theirs)
    figures = [
        Figure("undrifted years: alarm days, worst size", _worst(alarms), "d", BUDGET),
        Figure("the same, days correlated by .5", _worst(alike), "d", BUDGET),
        Figure("Evidently: days with a column in alarm", peers["evidently"].alarm_days, "d"),
        Figure("Evidently: days with half the columns", peers["evidently"].dataset_days, "d"),
        Figure("NannyML: days with a column in alarm", peers["nannyml"].alarm_days, "d"),
        Figure("shifts missed, 1,000 rows a day", _missed(ours[PEER_ROWS]), "%"),
        *(Figure(f"the same: {how}", _missed(found), "%") for how, found in theirs.items()),
        Figure("cases in which a peer is better at equal false alarms", len(beaten), "n", 0.0),
    ]
    details: dict[str, Any] = {
        "years": years,
        "repeats": repeats,
        "horizon_days": HORIZON,
        "alarm_days_per_year": _by_size(alarms),
        "alarm_days_per_year_correlated": _by_size(alike),
        "peers_alarm_days_per_year": {
            f"{peer}, {how}": days
            for peer, found in peers.items()
            for how, days in found.days_above.items()
        },
        "delays": {
            **{f"ours, {rows:,} rows": _cases(found) for rows, found in ours.items()},
            **{f"{how}, {PEER_ROWS:,} rows": _cases(found) for how, found in theirs.items()},
        },
        "peer_is_better": beaten,
    }
    write_result("drift_quality", figures, details)


def better_peers(ours: Delays, theirs: Mapping[str, Delays]) -> list[str]:
    """The cases in which a peer is better at equal false alarms."""
    return [
        f"{case}: {how.split(',')[0]}"
        for how, found in theirs.items()
        for case, each in found.items()
        if how.endswith(EQUAL) and each.better_than(ours[case])
    ]


def _worst(alarms: Mapping[int, list[int]]) -> float:
    return max(float(np.mean(found)) for found in alarms.values())


def _missed(found: Delays) -> float:
    return 100 * float(np.mean([each.missed for each in found.values()]))


def _by_size(alarms: Mapping[int, list[int]]) -> dict[str, list[int]]:
    return {f"{rows:,} rows": found for rows, found in alarms.items()}


def _cases(found: Delays) -> dict[str, dict[str, object]]:
    return {str(case): each.to_json() for case, each in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=12)
    parser.add_argument("--answers", type=Path, help="folder that keeps what the peers answered")
    options = parser.parse_args()
    measure(options.years, options.repeats, options.answers)


if __name__ == "__main__":
    main()
