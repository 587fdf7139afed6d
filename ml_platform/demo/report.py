"""The end of the demo in a terminal: decisions, champions, quarantine, alerts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from ml_platform.stores.settings import Settings


def print_report(console: Console, summary: Mapping[str, Any], settings: Settings) -> None:
    """Print the summary as tables, and how to look at it all."""
    console.print(_decisions(summary))
    console.print(_verdicts(summary))
    console.print(_champions(summary))
    console.print(_refused(summary))
    console.print(_alerts(summary))
    console.print(_online(summary["online"]))
    rows = ", ".join(f"{n} of {table}" for table, n in summary["quarantined_rows"].items())
    console.print(f"Rows in quarantine: {rows}")
    runs = ", ".join(f"{n} by {who}" for who, n in summary["runs_launched"].items())
    console.print(f"Runs launched: {runs}")
    console.print(
        f"Took {summary['seconds']:.0f} s. The same as JSON: {settings.home}/demo/summary.json"
    )
    console.print("Look at all of it in the browser: [bold]make up[/bold]")


def _decisions(summary: Mapping[str, Any]) -> Table:
    table = Table("as of", "verdict", "cause", "held back by", "why", title="Decisions")
    for d in summary["decisions"]:
        said = (_words(d[key]) for key in ("verdict", "cause", "held_back_by"))
        table.add_row(d["as_of"], *said, d["reason"])
    return table


def _verdicts(summary: Mapping[str, Any]) -> Table:
    table = Table(
        "day", "calls for", "cause", "finding", title="What each day called for by itself"
    )
    for v in summary["verdicts"]:
        table.add_row(v["partition"], _words(v["action"]), _words(v["cause"]), v["sentence"])
    return table


def _words(name: str | None) -> str:
    """A name as people write it: "covariate drift"."""
    return (name or "").replace("_", " ")


def _champions(summary: Mapping[str, Any]) -> Table:
    metrics = ("roc_auc", "brier", "f1", "recall", "precision")
    table = Table("as of", "version", "cause", *metrics, title="Champions")
    for p in summary["promotions"]:
        values = [f"{p['metrics'].get(m, float('nan')):.3f}" for m in metrics]
        table.add_row(p["as_of"], str(p["version"]), _words(p["cause"]), *values)
    return table


def _refused(summary: Mapping[str, Any]) -> Table:
    table = Table("as of", "version", "fault injected", "why", title="Candidates the gate refused")
    for r in summary["rejected_candidates"]:
        fault = "yes, declared" if r["fault_injection"] else ""
        table.add_row(r["as_of"], str(r["version"]), fault, r["reason"])
    return table


def _online(online: Mapping[str, Any]) -> str:
    """One line: how many requests were answered, are in the log and in the lake; these agree."""
    versions = ", ".join(f"{n:,} by version {v}" for v, n in online["by_version"].items())
    refused = ", ".join(f"{n} with {status}" for status, n in online["refused"].items()) or "none"
    return (
        f"Online: {online['answered']:,} requests answered ({versions}), "
        f"{online['logged']:,} logged, {online['moved']:,} moved to the lake; refused: {refused}; "
        f"p50 {online['p50_ms']} ms, p99 {online['p99_ms']} ms"
    )


def _alerts(summary: Mapping[str, Any]) -> Table:
    table = Table("severity", "occasion", "what", "finding", title="Alerts sent")
    for alert in summary["alerts"]:
        table.add_row(alert["severity"], alert["occasion"], alert["title"], alert["body"])
    return table
