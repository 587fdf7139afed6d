"""Why checks were not evaluated: kept with the asset, as the checks themselves are left out.

In Dagster's UI such a check is grey and the metadata of its asset say why. The policy reads the
same from an observation of the asset, which is one event for all partitions of a run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dagster import AssetKey, AssetObservation, JsonMetadataValue, MetadataValue
from pydantic import TypeAdapter

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.figures import counted
from ml_platform.lifecycle.metadata_table import table_of

_TABLE, _GAPS = "not_evaluated", "gaps"
_MOST_ROWS = 30


@dataclass(frozen=True)
class Gap:
    """A check that could not be evaluated.

    Attributes:
        check: its name.
        sentence: why, as a person reads it.
        partitions: of which; one that is empty where the asset has none.
        brief: why in a few words; empty where the sentence is short enough.
        version: of the model that was to be judged; None where none was.
    """

    check: str
    sentence: str
    partitions: tuple[str, ...]
    brief: str = ""
    version: int | None = None


_KEPT = TypeAdapter(tuple[Gap, ...])


def why_not_evaluated(
    outcomes: Mapping[str, Mapping[str, CheckOutcome]],
) -> dict[str, MetadataValue[Any]]:
    """Metadata that names each check that was not evaluated, and why; empty where all were.

    Args:
        outcomes: by check and partition; the partition is empty where the asset has none.
    """
    gaps = list(_gaps(outcomes))
    rows = [
        {"check": gap.check, "why": gap.sentence, "partitions": _named(gap.partitions)}
        for gap in gaps[-_MOST_ROWS:]
    ]
    return {_TABLE: table_of(rows)} if rows else {}


def observed_gaps(
    asset: tuple[str, ...], outcomes: Mapping[str, Mapping[str, CheckOutcome]]
) -> Iterator[AssetObservation]:
    """The same as an observation of the asset, exact to the partition; none where all were."""
    gaps = tuple(_gaps(outcomes))
    if gaps:
        kept = MetadataValue.json(_KEPT.dump_python(gaps, mode="json"))
        metadata = {**why_not_evaluated(outcomes), _GAPS: kept}
        about = {partition for gap in gaps for partition in gap.partitions}
        # Of several, Dagster would have one event each.
        own = about.pop() or None if len(about) == 1 else None
        yield AssetObservation(AssetKey(list(asset)), partition=own, metadata=metadata)


def gaps_of(metadata: Mapping[str, MetadataValue[Any]]) -> tuple[Gap, ...]:
    """The gaps that an observation tells of; none of an observation of something else."""
    kept = metadata.get(_GAPS)
    return _KEPT.validate_python(kept.value) if isinstance(kept, JsonMetadataValue) else ()


def _gaps(outcomes: Mapping[str, Mapping[str, CheckOutcome]]) -> Iterator[Gap]:
    """One for each check and reason, with all partitions that share it."""
    for check, by_partition in outcomes.items():
        alike: dict[tuple[str, str, int | None], list[str]] = defaultdict(list)
        for partition, outcome in by_partition.items():
            if not outcome.verdict.evaluated:
                version = outcome.numbers.get("model_version")
                known = None if version is None else int(version)
                alike[outcome.sentence, outcome.brief, known].append(partition)
        for (sentence, brief, known), partitions in alike.items():
            yield Gap(check, sentence, tuple(partitions), brief, known)


def _named(partitions: Sequence[str]) -> str:
    """The partitions in a few words.

    >>> _named(["2026-03-01"]), _named(["2026-03-01", "2026-03-02", "2026-03-04"])
    ('2026-03-01', '3 partitions from 2026-03-01 to 2026-03-04')
    """
    if len(partitions) <= 1:
        return "".join(partitions)
    return f"{counted(len(partitions), 'partition')} from {partitions[0]} to {partitions[-1]}"
