"""Why rows of a partition were quarantined, counted."""

from collections import Counter
from collections.abc import Mapping, Sequence

from ml_platform.core.quality import Reason
from ml_platform.stores.lake import LakeTable


def reasons_by_partition(quarantine: LakeTable, partitions: Sequence[str]) -> list[list[Reason]]:
    """Counted reasons of each partition, most frequent first, each with one offending value."""
    rows = quarantine.read_arrow(partitions, columns=["_reasons", "partition"]).to_pylist()
    return [_counted([r for r in rows if r["partition"] == p]) for p in partitions]


def _counted(rows: Sequence[Mapping[str, object]]) -> list[Reason]:
    counts: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for row in rows:
        reasons: list[dict[str, str]] = row["_reasons"]  # type: ignore[assignment]
        for reason in reasons:
            broken = (reason["column"] or "", reason["check"])
            counts[broken] += 1
            example.setdefault(broken, str(reason["value"]))
    return [
        Reason(column, check, n, example[column, check])
        for (column, check), n in counts.most_common()
    ]
