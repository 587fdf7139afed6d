"""The benchmark's model as a BentoML service: rows of twenty numbers in, scores out."""

import os
from pathlib import Path

import bentoml
import numpy as np

from benchmarks.serving_features import FEATURES
from ml_platform.estimators.artifact import load_artifact


@bentoml.service(workers=1)
class Scorer:
    def __init__(self) -> None:
        self._scoring = load_artifact(Path(os.environ["BENCHMARK_ARTIFACT"]))

    @bentoml.api
    def score(self, rows: list[list[float]]) -> list[float]:
        matrix = np.asarray(rows)
        columns = {name: matrix[:, place] for place, name in enumerate(FEATURES)}
        return self._scoring.score(columns).tolist()
