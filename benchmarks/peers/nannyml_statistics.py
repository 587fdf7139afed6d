"""What NannyML's univariate methods say of columns: run by its own interpreter.

Reads ``{"continuous": {name: [reference, analysis]}, "categorical": {...}}``, writes
``{name: {method: value}}``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from nannyml.chunk import CountBasedChunker
from nannyml.drift.univariate.methods import FeatureType, MethodFactory
from nannyml.thresholds import StandardDeviationThreshold

METHODS = {
    "continuous": ("kolmogorov_smirnov", "wasserstein"),
    "categorical": ("jensen_shannon", "hellinger", "l_infinity", "chi2"),
}


def measured(method: str, kind: str, reference: list, analysis: list) -> float:
    made = MethodFactory.create(
        method,
        FeatureType(kind),
        chunker=CountBasedChunker(2),
        threshold=StandardDeviationThreshold(),
    )
    made.fit(pd.Series(reference, name="x"))
    return float(made.calculate(pd.Series(analysis, name="x")))


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text())
    found = {
        name: {method: measured(method, kind, *sides) for method in METHODS[kind]}
        for kind, columns in asked.items()
        for name, sides in columns.items()
    }
    Path(sys.argv[2]).write_text(json.dumps(found))
