"""Record what peers measure on the columns of the tests, for the tests to hold ours against.

python -m benchmarks.peers.golden_statistics
"""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.peers.environment import PEERS, run_peer
from ml_platform_tests.core.drift import peer_samples

_HERE = Path(__file__).parent
GOLDEN = Path(peer_samples.__file__).with_name("peer_statistics.json")


def columns_of_tests() -> dict[str, dict[str, list[list]]]:
    """The columns as plain lists, by the kinds that peers call them by."""
    kinds = {"continuous": peer_samples.NUMBERS, "categorical": peer_samples.CATEGORIES}
    return {
        kind: {name: [side.tolist() for side in sides] for name, sides in columns.items()}
        for kind, columns in kinds.items()
    }


if __name__ == "__main__":
    asked = columns_of_tests()
    found = {peer: run_peer(peer, _HERE / f"{peer}_statistics.py", asked) for peer in PEERS}
    GOLDEN.write_text(json.dumps(found, indent=1) + "\n")
