"""Evidently's default test of each column, day by day, as its drift preset chooses them.

Called as ``evidently_drift.py IN OUT``. IN names Parquet files, one ``reference`` and several
``analyses``, the ``rows`` of a day and, per analysis, the ``columns`` to judge; OUT gets, per
analysis and column, the value by the test's threshold and the alert of each day. The tests are
called one by one: the preset around them adds nothing but time.
"""

import json
import sys

import pandas as pd
from evidently.legacy.calculations.stattests import get_stattest
from evidently.legacy.core import ColumnType


def main():
    with open(sys.argv[1]) as file:
        asked = json.load(file)
    reference = pd.read_parquet(asked["reference"])
    found = []
    for name, columns in zip(asked["analyses"], asked["columns"], strict=True):
        analysis = pd.read_parquet(name)
        found.append(
            {c: judged(reference[c].dropna(), analysis[c], asked["rows"]) for c in columns}
        )
    with open(sys.argv[2], "w") as file:
        json.dump(found, file)


def judged(reference, analysis, rows):
    kind = ColumnType.Categorical if reference.dtype == object else ColumnType.Numerical
    values, alerts = [], []
    for start in range(0, len(analysis), rows):
        current = analysis.iloc[start : start + rows].dropna()
        test = get_stattest(reference, current, kind, None)
        found = test(reference, current, kind, None)
        values.append(float(found.drift_score) / found.actual_threshold)
        alerts.append(float(found.drifted))
    return {"value": values, "alert": alerts}


if __name__ == "__main__":
    main()
