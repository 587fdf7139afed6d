"""How long Evidently's drift preset takes on two tables, and what memory.

Called as ``evidently_speed.py IN OUT``. IN names Parquet files, ``reference`` and ``analysis``; OUT
gets the seconds without reading them, and the peak of memory in megabytes.
"""

import json
import resource
import sys
import time

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset


def main():
    with open(sys.argv[1]) as file:
        asked = json.load(file)
    reference, analysis = (pd.read_parquet(asked[side]) for side in ("reference", "analysis"))
    start = time.perf_counter()
    found = Report([DataDriftPreset()]).run(analysis, reference).dict()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with open(sys.argv[2], "w") as file:
        json.dump({"seconds": seconds, "megabytes": peak, "metrics": len(found["metrics"])}, file)


if __name__ == "__main__":
    main()
