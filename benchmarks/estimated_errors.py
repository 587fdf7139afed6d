"""Estimated errors of predicted prices against the truth, beside NannyML's DLE.

The synthetic car prices of the nannyml package: 60,000 labelled rows are the reference, 60,000 more
are judged in chunks of 5,000 rows. Each method sees the reference's labels alone; its estimate of
each chunk is then held against the chunk's own labels. Besides the rows as they came, chunks are
drawn with induced covariate shift: 12 kinds of it. Errors are in the currency of the prices.

    python -m benchmarks.estimated_errors [--draws 20]
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figure import Figure, write_result
from benchmarks.peers.environment import run_peer
from ml_platform.core.estimation.expected import expected_metrics
from ml_platform.core.estimation.fitting import Fitted
from ml_platform.core.estimation.labelled_scores import LabelledScores
from ml_platform.core.estimation.loss_fitting import fit_losses
from ml_platform.core.estimation.score_bins import ScoreBins
from ml_platform.core.performance.measured_rows import task_metrics
from ml_platform.estimators.region_tree import grow_error_regions

SCRIPT = Path(__file__).parent / "peers" / "car_price_dle.py"
METRICS = {"mae": "MAE", "rmse": "RMSE"}
SIZE = 5_000

Estimate = Callable[[LabelledScores], dict[str, float]]
Rows = np.ndarray[Any, Any]
Errors = dict[str, dict[str, float]]


def rows_of(data: Any, part: str, chosen: Rows | None = None) -> LabelledScores:
    """All rows of a part, or some; they are of one day."""
    rows = slice(None) if chosen is None else chosen
    score, label = data[f"{part}_score"][rows], data[f"{part}_label"][rows]
    features = np.column_stack([data[f"{part}_features"][rows], score]).astype(np.float32)
    return LabelledScores(label, score, features, np.full(len(label), part))


def realised(rows: LabelledScores) -> dict[str, float]:
    """The truth."""
    return task_metrics(rows.label, rows.score, None)


def by(fitted: Fitted) -> Estimate:
    """An estimate from counts of rows; their labels are not looked at."""
    return lambda rows: dict(expected_metrics(fitted.counts(rows), fitted.estimator).value)


def errors(estimate: list[dict[str, float]], truth: list[dict[str, float]]) -> dict[str, float]:
    """Mean absolute error by metric."""
    pairs = list(zip(estimate, truth, strict=True))
    return {m: float(np.mean([abs(e[m] - t[m]) for e, t in pairs])) for m in METRICS}


def measure(draws: int) -> None:
    """Run NannyML in its own environment and ours here, on the same chunks; write the result."""
    with tempfile.TemporaryDirectory(prefix="cars") as folder:
        file = str(Path(folder) / "cars.npz")
        peer = run_peer("nannyml", SCRIPT, {"data": file, "size": SIZE, "draws": draws}, 1800)
        with np.load(file) as kept:
            data = dict(kept)
    reference = rows_of(data, "reference")
    constant = realised(reference)
    bins = ScoreBins.of(reference.score, None)
    ours: dict[str, Estimate] = {
        "constant": lambda rows: constant,
        "dle": by(fit_losses(reference, bins, grow_error_regions)),
    }
    found: dict[str, Errors] = {}
    for kind, estimates in peer["estimates"].items():
        chunks = [rows_of(data, "analysis", rows) for rows in data[f"chunks_{kind}"]]
        truth = [realised(rows) for rows in chunks]
        found[kind] = {name: errors([e(r) for r in chunks], truth) for name, e in ours.items()}
        pairs = zip(*estimates.values(), strict=True)
        theirs = [dict(zip(estimates, values, strict=True)) for values in pairs]
        found[kind]["nannyml_dle"] = errors(theirs, truth)
    write(found, peer, draws)


def write(found: dict[str, Errors], peer: dict[str, Any], draws: int) -> None:
    """The goal of each figure is what NannyML reaches in the same run."""
    shifted = [each for kind, each in found.items() if kind != "none"]
    mean = {
        name: {m: float(np.mean([each[name][m] for each in shifted])) for m in METRICS}
        for name in found["none"]
    }
    figures = [
        Figure(
            f"error of estimated {name}{when} (goal: NannyML's DLE)",
            of["dle"][metric],
            "currency",
            round(of["nannyml_dle"][metric], 3),
        )
        for of, when in ((found["none"], ""), (mean, " under covariate shift"))
        for metric, name in METRICS.items()
    ]
    worse = [
        kind
        for kind, each in found.items()
        if any(each["dle"][m] > each["nannyml_dle"][m] for m in METRICS)
    ]
    details = {
        "data": "synthetic car prices, as the nannyml package holds them",
        "rows_a_chunk": SIZE,
        "draws_a_shift": draws,
        "nannyml": peer["version"],
        "mean_absolute_error": {
            "as_the_rows_came": rounded(found["none"]),
            "mean_over_shifts": rounded(mean),
            "by_shift": {kind: rounded(each) for kind, each in found.items() if kind != "none"},
        },
        "kinds_where_worse_than_nannyml_on_some_metric": worse,
    }
    write_result("estimated_errors", figures, details)


def rounded(by_name: Errors) -> Errors:
    """Hundredths are noise."""
    return {
        name: {m: round(value, 2) for m, value in each.items()} for name, each in by_name.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=20)
    measure(parser.parse_args().draws)


if __name__ == "__main__":
    main()
