"""Runs where NannyML is: writes its census data and chunks of them, and what its CBPE says.

Chunks of 5,000 rows: the analysis years as they follow each other, and draws from them that a
column's greater (or smaller) values are more likely to be in, which is covariate shift alone.

    python census_cbpe.py IN.json OUT.json      # as `benchmarks.peers.environment.run_peer` does
"""

import json
import os
import sys
from pathlib import Path

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"

import nannyml
import numpy as np
import pandas as pd

METRICS = ["roc_auc", "accuracy", "f1"]
NOT_FEATURES = ["id", "employed", "year", "prediction", "predicted_probability"]
SHIFTED = ("AGEP", "SCHL", "SEX", "RELP", "MAR", "DIS")
STRENGTHS = (0.5, 1.0, -1.0)


def chunks_of(analysis: pd.DataFrame, size: int, draws: int) -> dict[str, list[np.ndarray]]:
    """Row positions of each chunk, by kind of shift; the same each time."""
    generator = np.random.default_rng(0)
    rows = len(analysis)
    found = {"none": [np.arange(i, i + size) for i in range(0, rows - size + 1, size)]}
    for column in SHIFTED:
        values = analysis[column].astype(float).to_numpy()
        scaled = (values - values.mean()) / values.std()
        for strength in STRENGTHS:
            weight = np.exp(strength * scaled)
            found[f"{column}{strength:+g}"] = [
                generator.choice(rows, size, replace=False, p=weight / weight.sum())
                for _ in range(draws)
            ]
    return found


def estimated(
    cbpe: nannyml.CBPE, analysis: pd.DataFrame, chunks: list[np.ndarray]
) -> dict[str, list[float]]:
    """NannyML's estimates, by metric and chunk."""
    frame = analysis.iloc[np.concatenate(chunks)].reset_index(drop=True)
    result = cbpe.estimate(frame).filter(period="analysis").to_df()
    return {metric: result[(metric, "value")].tolist() for metric in METRICS}


def main() -> None:
    asked, answered = map(Path, sys.argv[1:3])
    given = json.loads(asked.read_text())
    reference, analysis, target = nannyml.load_us_census_ma_employment_data()
    analysis = analysis.merge(target, on="id")
    chunks = chunks_of(analysis, given["size"], given["draws"])
    cbpe = nannyml.CBPE(
        problem_type="classification_binary",
        y_pred_proba="predicted_probability",
        y_pred="prediction",
        y_true="employed",
        metrics=METRICS,
        chunk_size=given["size"],
    ).fit(reference)
    features = [name for name in reference.columns if name not in NOT_FEATURES]
    np.savez(
        given["data"],
        **{f"chunks_{kind}": np.stack(rows) for kind, rows in chunks.items()},
        **{
            f"{part}_{name}": values
            for part, frame in (("reference", reference), ("analysis", analysis))
            for name, values in (
                ("features", frame[features].astype(float).to_numpy(np.float32)),
                ("score", frame["predicted_probability"].to_numpy()),
                ("label", frame["employed"].to_numpy()),
            )
        },
    )
    found = {
        "version": nannyml.__version__,
        "estimates": {kind: estimated(cbpe, analysis, rows) for kind, rows in chunks.items()},
    }
    answered.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
