"""Estimated performance against the truth, beside NannyML's CBPE, on real census data.

A model of employment in Massachusetts, fitted on 2014, scored 2015 (the labelled reference) and
2016 to 2018 (judged in chunks of 5,000 rows). Each method sees the reference's labels alone; its
estimate of each chunk is then held against the chunk's own labels. Besides the years as they came,
chunks are drawn with induced covariate shift: 18 kinds of it.

    python -m benchmarks.estimated_performance [--draws 40]
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
from ml_platform.core.estimation.estimator import CALIBRATIONS
from ml_platform.core.estimation.expected import expected_metrics
from ml_platform.core.estimation.fitting import Fitted, fit_by, fit_estimator
from ml_platform.core.estimation.labelled_scores import LabelledScores
from ml_platform.core.estimation.score_bins import ScoreBins
from ml_platform.core.performance.metrics import classification_metrics
from ml_platform.estimators.region_tree import grow_regions

SCRIPT = Path(__file__).parent / "peers" / "census_cbpe.py"
METRICS = {"roc_auc": "AUROC", "accuracy": "accuracy", "f1": "F1"}
GOALS = {"roc_auc": 3.5, "accuracy": 4.4, "f1": 4.7}
THRESHOLD = 0.5
SIZE = 5_000

Estimate = Callable[[LabelledScores], dict[str, float]]
Rows = np.ndarray[Any, Any]


def rows_of(data: Any, part: str, chosen: Rows | None = None) -> LabelledScores:
    """Rows of the census: all of a part, or some; they are dated by the year alone."""
    rows = slice(None) if chosen is None else chosen
    score, label = data[f"{part}_score"][rows], data[f"{part}_label"][rows]
    features = np.column_stack([data[f"{part}_features"][rows], score]).astype(np.float32)
    return LabelledScores(label, score, features, np.full(len(label), part))


def realised(rows: LabelledScores) -> dict[str, float]:
    """The truth."""
    return classification_metrics(rows.label, rows.score, THRESHOLD)


def by(fitted: Fitted) -> Estimate:
    """An estimate from counts of rows; their labels are not looked at."""
    return lambda rows: dict(expected_metrics(fitted.counts(rows), fitted.estimator, draws=2).value)


def errors(estimate: list[dict[str, float]], truth: list[dict[str, float]]) -> dict[str, float]:
    """Mean absolute error by metric, in thousandths."""
    return {
        metric: float(
            1000
            * np.mean([abs(e[metric] - t[metric]) for e, t in zip(estimate, truth, strict=True)])
        )
        for metric in METRICS
    }


def peer_estimates(found: dict[str, list[float]]) -> list[dict[str, float]]:
    """NannyML's estimates, one per chunk."""
    return [dict(zip(found, values, strict=True)) for values in zip(*found.values(), strict=True)]


def measure(draws: int) -> None:
    """Run NannyML in its own environment and ours here, on the same chunks; write the result."""
    with tempfile.TemporaryDirectory(prefix="census") as folder:
        file = str(Path(folder) / "census.npz")
        peer = run_peer("nannyml", SCRIPT, {"data": file, "size": SIZE, "draws": draws}, 1800)
        with np.load(file) as kept:
            data = dict(kept)
    reference = rows_of(data, "reference")
    bins = ScoreBins.of(reference.score, THRESHOLD)
    constant = realised(reference)
    ours: dict[str, Estimate] = {
        "constant": lambda rows: constant,
        **{str(m): by(fit_by(m, reference, bins, grow_regions)) for m in CALIBRATIONS},
    }
    found: dict[str, dict[str, dict[str, float]]] = {}
    for kind, estimates in peer["estimates"].items():
        chunks = [rows_of(data, "analysis", rows) for rows in data[f"chunks_{kind}"]]
        truth = [realised(rows) for rows in chunks]
        found[kind] = {name: errors([e(r) for r in chunks], truth) for name, e in ours.items()}
        found[kind]["nannyml_cbpe"] = errors(peer_estimates(estimates), truth)
    write(found, str(fit_estimator(reference, THRESHOLD, grow_regions).method), peer, draws)


def write(found: dict[str, Any], chosen: str, peer: dict[str, Any], draws: int) -> None:
    """The figures are of the method that the platform chooses by itself."""
    shifted = [each for kind, each in found.items() if kind != "none"]
    mean = {
        name: {m: float(np.mean([each[name][m] for each in shifted])) for m in METRICS}
        for name in found["none"]
    }
    figures = [
        Figure(f"error of estimated {name}", found["none"][chosen][metric], "e-3", GOALS[metric])
        for metric, name in METRICS.items()
    ]
    figures += [
        Figure(
            f"the same of {name} under covariate shift (goal: NannyML's CBPE)",
            mean[chosen][metric],
            "e-3",
            mean["nannyml_cbpe"][metric],
        )
        for metric, name in METRICS.items()
    ]
    worse = [
        kind
        for kind, each in found.items()
        if any(each[chosen][m] > each["nannyml_cbpe"][m] for m in METRICS)
    ]
    details = {
        "data": "US census, employment in Massachusetts, as the nannyml package holds it",
        "rows_a_chunk": SIZE,
        "draws_a_shift": draws,
        "nannyml": peer["version"],
        "chosen_by_cross_validation": chosen,
        "mean_absolute_error_thousandths": {
            "as_the_years_came": rounded(found["none"]),
            "mean_over_shifts": rounded(mean),
            "by_shift": {kind: rounded(each) for kind, each in found.items() if kind != "none"},
        },
        "kinds_where_chosen_is_worse_than_nannyml_on_some_metric": worse,
    }
    write_result("estimated_performance", figures, details)


def rounded(errors_by_name: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Hundredths of a thousandth are noise."""
    return {
        name: {metric: round(value, 2) for metric, value in each.items()}
        for name, each in errors_by_name.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=40)
    measure(parser.parse_args().draws)


if __name__ == "__main__":
    main()
