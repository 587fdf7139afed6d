"""Runs where NannyML is: writes its car price data and chunks of them, and what its DLE says.

Chunks of 5,000 rows: the analysis rows as they follow each other, and draws from them that a
column's greater (or smaller) values are more likely to be in, which is covariate shift alone.

    python car_price_dle.py IN.json OUT.json      # as `benchmarks.peers.environment.run_peer` does
"""

import json
import os
import sys
from pathlib import Path

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"

import nannyml
import numpy as np
import pandas as pd

METRICS = ["mae", "rmse"]
NUMBERS = ["car_age", "km_driven", "price_new", "accident_count", "door_count"]
TEXTS = ["fuel", "transmission"]
SHIFTED = ("car_age", "km_driven", "price_new", "accident_count")
STRENGTHS = (0.5, 1.0, -1.0)


def chunks_of(analysis: pd.DataFrame, size: int, draws: int) -> dict[str, list[np.ndarray]]:
    """Row positions of each chunk, by kind of shift; the same each time."""
    generator = np.random.default_rng(0)
    rows = len(analysis)
    found = {"none": [np.arange(i, i + size) for i in range(0, rows - size + 1, size)]}
    for column in SHIFTED:
        values = analysis[column].to_numpy(dtype=float)
        scaled = (values - values.mean()) / values.std()
        for strength in STRENGTHS:
            weight = np.exp(strength * scaled)
            found[f"{column}{strength:+g}"] = [
                generator.choice(rows, size, replace=False, p=weight / weight.sum())
                for _ in range(draws)
            ]
    return found


def estimated(
    dle: nannyml.DLE, analysis: pd.DataFrame, chunks: list[np.ndarray]
) -> dict[str, list[float]]:
    """NannyML's estimates, by metric and chunk."""
    frame = analysis.iloc[np.concatenate(chunks)].reset_index(drop=True)
    result = dle.estimate(frame).filter(period="analysis").to_df()
    return {metric: result[(metric, "value")].tolist() for metric in METRICS}


def as_numbers(frame: pd.DataFrame) -> np.ndarray:
    """The inputs; words by their place among the reference's, as NannyML encodes them."""
    words = [pd.Categorical(frame[name], sorted(frame[name].unique())).codes for name in TEXTS]
    return np.column_stack([frame[NUMBERS].to_numpy(dtype=float), *words]).astype(np.float32)


def main() -> None:
    asked, answered = map(Path, sys.argv[1:3])
    given = json.loads(asked.read_text())
    reference, analysis, target = nannyml.load_synthetic_car_price_dataset()
    analysis = analysis.merge(target, on="id")
    chunks = chunks_of(analysis, given["size"], given["draws"])
    dle = nannyml.DLE(
        feature_column_names=[*NUMBERS, *TEXTS],
        y_pred="y_pred",
        y_true="y_true",
        metrics=METRICS,
        chunk_size=given["size"],
    ).fit(reference)
    np.savez(
        given["data"],
        **{f"chunks_{kind}": np.stack(rows) for kind, rows in chunks.items()},
        **{
            f"{part}_{name}": values
            for part, frame in (("reference", reference), ("analysis", analysis))
            for name, values in (
                ("features", as_numbers(frame)),
                ("score", frame["y_pred"].to_numpy()),
                ("label", frame["y_true"].to_numpy()),
            )
        },
    )
    found = {
        "version": nannyml.__version__,
        "estimates": {kind: estimated(dle, analysis, rows) for kind, rows in chunks.items()},
    }
    answered.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
