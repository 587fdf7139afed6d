"""NannyML at its defaults over days of rows: one chunk a day, every column, three calculators.

Called as ``nannyml_drift.py IN OUT``. IN names Parquet files, one ``reference`` and several
``analyses``, and the ``rows`` of a day; OUT gets, per analysis, by calculator and column, the value
and the alert of each day.
"""

import json
import os
import sys

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"

import nannyml
import pandas as pd

CALCULATORS = {
    "jensen_shannon": nannyml.UnivariateDriftCalculator,
    "missing": nannyml.MissingValuesCalculator,
    "unseen": nannyml.UnseenValuesCalculator,
}


def main():
    with open(sys.argv[1]) as file:
        asked = json.load(file)
    reference = pd.read_parquet(asked["reference"])
    texts = [column for column in reference if reference[column].dtype == object]
    fitted = {
        name: calculator(
            column_names=texts if name == "unseen" else list(reference), chunk_size=asked["rows"]
        ).fit(reference)
        for name, calculator in CALCULATORS.items()
    }
    found = [judged(fitted, pd.read_parquet(file)) for file in asked["analyses"]]
    with open(sys.argv[2], "w") as file:
        json.dump(found, file)


def judged(fitted, analysis):
    found = {}
    for name, calculator in fitted.items():
        frame = calculator.calculate(analysis).filter(period="analysis").to_df()
        found[name] = {
            column: {what: of(frame, column, what) for what in ("value", "alert")}
            for column in calculator.column_names
        }
    return found


def of(frame, column, what):
    [name] = [each for each in frame.columns if each[0] == column and each[-1] == what]
    return [float(value) for value in frame[name]]


if __name__ == "__main__":
    main()
