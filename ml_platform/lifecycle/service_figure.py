"""The last two days of an endpoint: latency, requests and availability by the hour."""

import io
from collections.abc import Sequence
from typing import Any

from dagster import MarkdownMetadataValue

from ml_platform.core.service_level.service_hour import ServiceHour
from ml_platform.core.serving_spec import ObjectivesSpec
from ml_platform.lifecycle.picture import picture

_SHOWN = 48


def service_figure(
    hours: Sequence[ServiceHour], objectives: ObjectivesSpec
) -> MarkdownMetadataValue:
    """Draw the hours against the objectives.

    Args:
        hours: one or more, oldest first.
        objectives: as declared.
    """
    from matplotlib.figure import Figure

    shown = hours[-_SHOWN:]
    figure = Figure(figsize=(9, 6), layout="constrained")
    latency, requests, availability = figure.subplots(3, 1, sharex=True)
    _latency(latency, shown, objectives.p99_ms)
    _requests(requests, shown)
    _availability(availability, shown, objectives.availability)
    availability.tick_params(axis="x", rotation=30)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=80)
    return picture(drawn.getvalue())


def _latency(axis: Any, hours: Sequence[ServiceHour], objective: float) -> None:
    for name in ("p50_ms", "p95_ms", "p99_ms"):
        values = [getattr(each, name) for each in hours]
        known = [value if value is not None else float("nan") for value in values]
        axis.plot([each.hour for each in hours], known, marker=".", label=name[:3])
    axis.axhline(objective, color="C3", linestyle="--", label="p99 promised")
    axis.set_ylabel("ms")
    axis.set_ylim(bottom=0)
    _legend(axis)


def _requests(axis: Any, hours: Sequence[ServiceHour]) -> None:
    times, width = [each.hour for each in hours], 0.8 / 24
    axis.bar(times, [each.requests for each in hours], width, color="C0", label="requests")
    bad = [each.failed for each in hours]
    axis.bar(times, bad, width, color="C3", label="failed (5xx)")
    axis.set_ylabel("requests an hour")
    _legend(axis)


def _availability(axis: Any, hours: Sequence[ServiceHour], objective: float) -> None:
    probed = [each for each in hours if each.probes]
    shares = [100 * (1 - each.failed_probes / each.probes) for each in probed]
    axis.plot([each.hour for each in probed], shares, marker=".", color="C2", label="of probes")
    axis.axhline(100 * objective, color="C3", linestyle="--", label="promised")
    axis.set_ylabel("answered, %")
    _legend(axis)


def _legend(axis: Any) -> None:
    """Above the axis, where it hides nothing."""
    axis.legend(fontsize=7, loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False)
