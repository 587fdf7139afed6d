"""What happened in the demo, read back from Dagster, the ledger, the lake and the alerts file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from ml_platform.core import names
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.demo.answered import logged_requests, moved_requests
from ml_platform.demo.scenario import DECLARED_FAULT, MODEL, Scenario
from ml_platform.demo.traffic import Traffic
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger
from ml_platform.stores.settings import Settings

_TABLES = ("flights", "weather", "outcomes")


def summarise(
    settings: Settings,
    instance: DagsterInstance,
    scenario: Scenario,
    traffic: Traffic,
    seconds: float,
) -> dict[str, Any]:
    """The summary as JSON values."""
    lake = Lake(settings.lake_root)
    entries = Ledger(lake).entries(MODEL)
    return {
        "days": {
            "history": scenario.history_days,
            "one_by_one": scenario.live_days,
            "first": min(scenario.history()).isoformat(),
            "last": max(scenario.live()).isoformat(),
        },
        "runs_launched": runs_by_trigger(instance),
        "decisions": [_decision(e) for e in entries if e.kind is EntryKind.DECISION],
        "verdicts": verdicts(lake),
        "promotions": [
            _version(e, lake)
            for e in entries
            if e.kind in (EntryKind.PROMOTION, EntryKind.ROLLBACK)
        ],
        "rejected_candidates": [
            _version(e, lake) | {"fault_injection": _asked_for(e, entries)}
            for e in entries
            if e.kind is EntryKind.REFUSAL
        ],
        "quarantined_rows": quarantined(lake),
        "fault_injections": {
            "broken_file": f"flights/{scenario.broken_file_on.isoformat()}.csv",
            "bad_candidate": scenario.bad_params,
        },
        "alerts": alerts(settings.alerts_file),
        "online": online(settings, lake, traffic),
        "unexpected_failures": unexpected_failures(instance, scenario),
        "seconds": round(seconds, 1),
    }


def online(settings: Settings, lake: Lake, traffic: Traffic) -> dict[str, Any]:
    """Requests answered, in the endpoint's log and in the lake; each told by its own id."""
    logged = logged_requests(settings.request_log, MODEL)
    moved = moved_requests(lake, MODEL)
    return traffic.told() | {
        "logged": len(logged),
        "moved": len(moved),
        "answered_and_not_logged": len(traffic.answered - logged),
        "answered_and_not_moved": len(traffic.answered - moved),
    }


def write_summary(settings: Settings, summary: dict[str, Any]) -> Path:
    """Write the summary to ``<home>/demo/summary.json``."""
    file = settings.home / "demo" / "summary.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(summary, indent=2, default=str) + "\n")
    return file


def runs_by_trigger(instance: DagsterInstance) -> dict[str, int]:
    """How many runs each sensor or schedule launched; one without would count as ``by hand``."""
    counts: Counter[str] = Counter()
    for run in instance.get_runs(RunsFilter()):
        by_sensor, by_schedule = (
            run.tags.get(f"dagster/{kind}_name") for kind in ("sensor", "schedule")
        )
        counts[by_sensor or by_schedule or "by hand"] += 1
    return dict(counts)


def unexpected_failures(instance: DagsterInstance, scenario: Scenario) -> list[str]:
    """Ids of failed runs that no declared fault explains; there should be none."""
    failed = instance.get_runs(RunsFilter(statuses=[DagsterRunStatus.FAILURE]))
    return [run.run_id for run in failed if not _explained(run.tags, scenario)]


def _explained(tags: Mapping[str, str], scenario: Scenario) -> bool:
    broken = tags.get("dagster/partition") == scenario.broken_file_on.isoformat()
    took_it_in = "flights" in tags.get(names.TAG_TABLES, "").split(", ")
    return (broken and took_it_in) or tags.get(names.TAG_CAUSE) == "requested"


def quarantined(lake: Lake) -> dict[str, int]:
    """Rows in quarantine by table."""
    found = {}
    for table in _TABLES:
        rows = lake.table(names.table_of(names.quarantine(table)))
        found[table] = sum(rows.row_counts().values()) if rows.exists() else 0
    return found


def verdicts(lake: Lake) -> list[dict[str, Any]]:
    """What each day called for by itself, in one sentence, once there was a champion."""
    table = lake.table(names.table_of(names.of_model(MODEL, names.VERDICT)))
    rows = table.read_arrow().to_pylist() if table.exists() else []
    told = ("partition", "verdict", "action", "cause", "sentence", "drifted_importance")
    judged = [row for row in rows if row["model_version"] is not None]
    return sorted(({k: row[k] for k in told} for row in judged), key=lambda row: row["partition"])


def alerts(file: Path) -> list[dict[str, Any]]:
    """Every alert that was sent."""
    if not file.exists():
        return []
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return [{k: x[k] for k in ("at", "severity", "occasion", "title", "body")} for x in lines]


def _decision(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "as_of": entry.as_of,
        "verdict": entry.verdict,
        "cause": entry.cause,
        "reason": entry.reason,
        "held_back_by": entry.held_back_by,
        "evidence": {k: v for k, v in entry.evidence.items() if k != "facts"},
    }


def _version(entry: LedgerEntry, lake: Lake) -> dict[str, Any]:
    return {
        "as_of": entry.as_of,
        "version": entry.model_version,
        "cause": entry.cause,
        "reason": entry.reason,
        "metrics": _metrics(lake, entry.model_version),
    }


def _metrics(lake: Lake, version: str | None) -> dict[str, float]:
    table = lake.table(names.table_of(names.of_model(MODEL, names.EVALUATION)))
    rows = table.read_arrow().to_pylist() if table.exists() else []
    return {
        row["metric"]: round(row["value"], 4)
        for row in rows
        if str(row["model_version"]) == version and row["contender"] == "candidate"
    }


def _asked_for(refusal: LedgerEntry, entries: list[LedgerEntry]) -> bool:
    """Whether the refused candidate goes back to a request that was a declared fault."""
    by_id = {entry.entry_id: entry for entry in entries}
    decision = by_id.get(refusal.refers_to or "")
    request = by_id.get(decision.refers_to or "") if decision else None
    return request is not None and request.reason.startswith(DECLARED_FAULT)
