"""A small real model on made flights, saved as an artifact."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ml_platform.estimators.artifact import save_artifact
from ml_platform.estimators.input_columns import one_form
from ml_platform.estimators.xgboost_model import fit
from ml_platform_tests.estimators import toy_preprocess

PARAMS = {"n_estimators": 20, "max_depth": 4, "learning_rate": 0.2}
Columns = dict[str, npt.NDArray[Any]]


def flights(rows: int, seed: int = 0, nasty: bool = False) -> Columns:
    """Made flights; nasty ones hold nulls, unseen carriers and extremes in every column."""
    draw = np.random.default_rng(seed)
    hours, minutes = draw.integers(5, 23, rows), draw.integers(0, 60, rows)
    days = draw.integers(15_700, 16_000, rows).astype("datetime64[D]").astype("datetime64[us]")
    columns: Columns = {
        "distance": draw.normal(1000, 300, rows),
        "sched_dep_time": hours * 100 + minutes,
        "carrier": draw.choice(np.array(["AA", "B6", "UA"], dtype=object), rows),
        "at": days,
    }
    return _with_trouble(columns, draw, rows) if nasty else columns


def _with_trouble(columns: Columns, draw: np.random.Generator, rows: int) -> Columns:
    extremes = np.array([np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324, 3.5e38, 0.0, -0.0])
    odd = draw.random(rows) < 0.3
    distance = np.where(odd, draw.choice(extremes, rows), columns["distance"])
    gaps = draw.random(rows) < 0.2
    times = np.where(gaps, np.nan, columns["sched_dep_time"].astype(np.float64))
    carriers = np.array(["AA", "ZZ", "", None], dtype=object)
    at = columns["at"].copy()
    at[gaps] = np.datetime64("NaT")
    return {
        "distance": distance,
        "sched_dep_time": times,
        "carrier": np.where(odd, draw.choice(carriers, rows), columns["carrier"]),
        "at": at,
    }


def training_data(rows: int = 3000) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Features and a label that depends on the hour and the carrier."""
    columns = flights(rows)
    draw = np.random.default_rng(1)
    late = 0.1 + 0.02 * (columns["sched_dep_time"] // 100) + 0.2 * (columns["carrier"] == "B6")
    matrix = toy_preprocess.transform(one_form(columns, toy_preprocess.INPUTS))
    return matrix, (draw.random(rows) < late).astype(np.int64)


def saved_artifact(folder: Path, seed: int = 0) -> str:
    """Fit and save; return the digest of the manifest."""
    booster = fit(*training_data(), PARAMS, toy_preprocess.FEATURES, seed=seed)
    return save_artifact(
        folder,
        booster,
        spec_resolved={"name": "flight_delay", "seed": seed},
        preprocess_name=toy_preprocess.__name__,
        feature_names=toy_preprocess.FEATURES,
        input_columns=toy_preprocess.INPUTS,
        threshold=0.4,
        extra={"data_versions": {"flights/validated": 3}},
    )
