"""What Evidently's tests of drift say of columns: run by its own interpreter.

Reads and writes what `nannyml_statistics` does. The function of each test is called itself, since
two of them are reported as a p-value alone.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from evidently.legacy.calculations.stattests import (
    hellinger_distance,
    jensenshannon,
    psi,
    tvd_stattest,
    wasserstein_distance_norm,
)
from evidently.legacy.core import ColumnType


def measured(kind: str, reference: pd.Series, analysis: pd.Series) -> dict[str, float]:
    """By the names of this project; Jensen-Shannon with the logarithm of base 2."""
    if kind == "continuous":
        norm = wasserstein_distance_norm._wasserstein_distance_norm
        return {"wasserstein": norm(reference, analysis, ColumnType.Numerical, 0.1)[0]}
    given = reference, analysis, ColumnType.Categorical, 0.1
    return {
        "psi": psi._psi(*given)[0],
        "jensen_shannon": jensenshannon._jensenshannon(*given, base=2)[0],
        "hellinger": hellinger_distance._hellinger_distance(*given)[0],
        "total_variation": tvd_stattest._total_variation_distance(reference, analysis),
    }


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text())
    found = {
        name: measured(kind, *(pd.Series(side) for side in sides))
        for kind, columns in asked.items()
        for name, sides in columns.items()
    }
    Path(sys.argv[2]).write_text(json.dumps(found, default=float))
