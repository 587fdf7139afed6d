"""What a check found, newest first: the one place that reads Dagster's check records."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dagster import AssetCheckEvaluation, DagsterInstance

from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.check_results import check_key


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
    """The last evaluations of a check, newest first; planned ones and those cut short left out."""
    # Not a public method: Dagster has none that gives more than the latest evaluation.
    records = instance.event_log_storage.get_asset_check_execution_history(
        check_key(asset, check), limit=limit
    )
    found = []
    for entry in records:
        event = entry.event.dagster_event if entry.event else None
        data = event.event_specific_data if event else None
        if isinstance(data, AssetCheckEvaluation) and entry.event:
            found.append(_finding(asset, check, data, entry.event.timestamp, entry.run_id))
    return sorted(found, key=lambda finding: finding.at, reverse=True)


def by_partition(found: Sequence[Finding], last: int) -> list[Finding]:
    """The newest finding of each of the last partitions, oldest partition first."""
    newest: dict[str, Finding] = {}
    for finding in found:
        if finding.partition is not None:
            newest.setdefault(finding.partition, finding)
    return [newest[p] for p in sorted(newest)][-last:]


def _finding(
    asset: tuple[str, ...], check: str, data: AssetCheckEvaluation, at: float, run_id: str
) -> Finding:
    values = {name: value.value for name, value in data.metadata.items()}
    said = values.pop("verdict", None)
    return Finding(
        asset=asset,
        check=check,
        partition=data.partition,
        verdict=Verdict(str(said)) if said else _plain(data.passed),
        sentence=data.description or "",
        numbers={k: float(v) for k, v in values.items() if isinstance(v, int | float)},
        at=at,
        run_id=run_id,
        brief=str(values.get("brief", "")),
    )


def _plain(passed: bool) -> Verdict:
    return Verdict.PASSED if passed else Verdict.FAILED
