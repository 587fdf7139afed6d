"""How long NannyML's univariate drift takes on two tables, and what memory.

Called as ``nannyml_speed.py IN OUT``, with what `evidently_speed` reads and writes.
"""

import json
import os
import resource
import sys
import time

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"

import nannyml
import pandas as pd


def main():
    with open(sys.argv[1]) as file:
        asked = json.load(file)
    reference, analysis = (pd.read_parquet(asked[side]) for side in ("reference", "analysis"))
    start = time.perf_counter()
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=list(reference),
        chunk_number=10,
        continuous_methods=["jensen_shannon", "kolmogorov_smirnov", "wasserstein", "hellinger"],
        categorical_methods=["jensen_shannon", "chi2", "l_infinity", "hellinger"],
    )
    found = calculator.fit(reference).calculate(analysis).to_df()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with open(sys.argv[2], "w") as file:
        json.dump({"seconds": seconds, "megabytes": peak, "chunks": len(found)}, file)


if __name__ == "__main__":
    main()
