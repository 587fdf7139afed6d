"""What a check found, newest first: the one place that reads Dagster's check records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from dagster import (
    AssetCheckEvaluation,
    AssetKey,
    DagsterEventType,
    DagsterInstance,
    EventLogEntry,
    EventLogRecord,
    EventRecordsFilter,
)
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log import SqlEventLogStorage

from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.check_results import check_key
from ml_platform.lifecycle.unjudged import gaps_of

_EVALUATED = {AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED}

EVENTS_AGAIN = 50
"""Numbers of events are given out in order, but writers at once may end in another: who reads on
from an event begins so many before it."""


@dataclass(frozen=True)
class Finding:
    """One evaluation of one check.

    Attributes:
        asset: path of the checked asset.
        check: name of the check.
        partition: the partition judged; None where the asset has none.
        verdict: as the platform gave it.
        sentence: what a person reads.
        numbers: the check's numbers.
        brief: the sentence in a few words; empty where there are none.
        at: seconds since the epoch.
        run_id: the run that evaluated it.
    """

    asset: tuple[str, ...]
    check: str
    partition: str | None
    verdict: Verdict
    sentence: str
    numbers: dict[str, float] = field(default_factory=dict)
    at: float = 0.0
    run_id: str = ""
    brief: str = ""


def findings(
    instance: DagsterInstance, asset: tuple[str, ...], check: str, limit: int
) -> list[Finding]:
    """The last findings of a check, newest first, with those that say why there is none.

    What is planned, and what was cut short, is left out.
    """
    # Not a public method: Dagster has none that gives more than the latest evaluation.
    records = instance.event_log_storage.get_asset_check_execution_history(
        check_key(asset, check), limit=limit, status=_EVALUATED
    )
    told = [_of_event(entry.event) for entry in records if entry.event]
    found = [*(f for f in told if f), *_gaps(instance, asset, check, limit)]
    return sorted(found, key=lambda finding: finding.at, reverse=True)[:limit]


def findings_after(
    instance: DagsterInstance, event: int, limit: int, since: float = 0.0, newest: bool = False
) -> list[tuple[int, Finding]]:
    """What any check found after an event of the log, each with its own event, oldest first.

    One question for all checks of all assets, answered by an index of the log: it costs what was
    found since, however many checks there are and however long their history is.

    Args:
        instance: Dagster's.
        event: the number of an event in the log; 0 for its beginning.
        limit: no more than so many; ask again from the last of them.
        since: leave out what was recorded before this moment, in seconds since the epoch.
        newest: begin with the newest instead of the oldest.
    """
    read = partial(_events_after, instance, event, limit, since, newest)
    evaluated = read(DagsterEventType.ASSET_CHECK_EVALUATION)
    told = ((record.storage_id, _of_event(record.event_log_entry)) for record in evaluated)
    return [(number, finding) for number, finding in told if finding is not None]


def gaps_after(instance: DagsterInstance, event: int, limit: int) -> list[tuple[int, Finding]]:
    """The same of checks that could not be evaluated: why, each with its own event, oldest first.

    Args:
        instance: Dagster's.
        event: the number of an event in the log; 0 for its beginning.
        limit: no more than so many events are read.
    """
    read = _events_after(instance, event, limit, 0.0, False, DagsterEventType.ASSET_OBSERVATION)
    return [
        (record.storage_id, gap)
        for record in read
        for gap in _of_observation(record.event_log_entry)
    ]


def _events_after(
    instance: DagsterInstance,
    event: int,
    limit: int,
    since: float,
    newest: bool,
    kind: DagsterEventType,
) -> Sequence[EventLogRecord]:
    storage = instance.event_log_storage
    assert isinstance(storage, SqlEventLogStorage)
    wanted = EventRecordsFilter(kind, after_cursor=event, after_timestamp=since or None)
    # The storage in SQLite asks every run's own file, though it mirrors such events in its index.
    return SqlEventLogStorage.get_event_records(storage, wanted, limit=limit, ascending=not newest)


def _gaps(
    instance: DagsterInstance, asset: tuple[str, ...], check: str, limit: int
) -> Iterator[Finding]:
    seen = instance.fetch_observations(AssetKey(list(asset)), limit=limit).records
    for record in seen:
        yield from (gap for gap in _of_observation(record.event_log_entry) if gap.check == check)


def _of_observation(entry: EventLogEntry) -> Iterator[Finding]:
    """What a run said of the checks that it could not evaluate."""
    observed = entry.asset_observation
    for gap in gaps_of(observed.metadata) if observed else ():
        for partition in gap.partitions:
            yield Finding(
                asset=tuple(observed.asset_key.path),
                check=gap.check,
                partition=partition or None,
                verdict=Verdict.NOT_EVALUATED,
                sentence=gap.sentence,
                numbers={} if gap.version is None else {"model_version": float(gap.version)},
                at=entry.timestamp,
                run_id=entry.run_id,
                brief=gap.brief,
            )


def by_partition(found: Sequence[Finding], last: int) -> list[Finding]:
    """The newest finding of each of the last partitions, oldest partition first."""
    newest: dict[str, Finding] = {}
    for finding in found:
        if finding.partition is not None:
            newest.setdefault(finding.partition, finding)
    return [newest[p] for p in sorted(newest)][-last:]


def _of_event(entry: EventLogEntry) -> Finding | None:
    """The finding that an event tells of; None where a check was only planned."""
    event = entry.dagster_event
    data = event.event_specific_data if event else None
    if not isinstance(data, AssetCheckEvaluation):
        return None
    values = {name: value.value for name, value in data.metadata.items()}
    said = values.pop("verdict", None)
    return Finding(
        asset=tuple(data.asset_key.path),
        check=data.check_name,
        partition=data.partition,
        verdict=Verdict(str(said)) if said else _plain(data.passed),
        sentence=data.description or "",
        numbers={k: float(v) for k, v in values.items() if isinstance(v, int | float)},
        at=entry.timestamp,
        run_id=entry.run_id,
        brief=str(values.get("brief", "")),
    )


def _plain(passed: bool) -> Verdict:
    return Verdict.PASSED if passed else Verdict.FAILED
