"""Reference against window, column by column, as a picture."""

import io
from collections.abc import Iterable

from dagster import MarkdownMetadataValue

from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.drift.statistics import STATISTICS
from ml_platform.core.drift.window import WindowDrift
from ml_platform.core.figures import short
from ml_platform.core.profile import ColumnProfile
from ml_platform.lifecycle.picture import picture

_SHOWN = 6


def drift_figure(window: WindowDrift) -> MarkdownMetadataValue:
    """The columns furthest beyond their thresholds: share of rows per bin, both sides."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.subplots(2, 3).ravel()
    reference, analysis = _by_column(window.reference), _by_column(window.analysis)
    shown = gravest(window.columns.columns)[:_SHOWN]
    for axis, line in zip(axes, shown, strict=False):
        axis.set_title(title(line), fontsize=8)
        axis.tick_params(labelsize=7)
        for side, label in ((reference, "reference"), (analysis, "window")):
            if line.column in side:
                shares = side[line.column].shares
                axis.step(range(len(shares)), shares, where="mid", label=label)
        axis.set_xlabel("bin", fontsize=7)
    for axis in axes[len(shown) :]:
        axis.set_visible(False)
    if shown:
        axes[0].legend(fontsize=7)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=80)
    return picture(drawn.getvalue())


def gravest(lines: Iterable[ColumnDrift]) -> list[ColumnDrift]:
    """The first line of each column; lines come ranked."""
    first: dict[str, ColumnDrift] = {}
    for line in lines:
        first.setdefault(line.column, line)
    return list(first.values())


def title(line: ColumnDrift) -> str:
    """Say what a picture shows.

    >>> title(ColumnDrift("temp", "psi", 0.31, 7, 6000, 0.2, True))
    'temp: PSI .31, drifted over .2'
    >>> title(ColumnDrift("temp", "psi", float("nan"), 7, 12))
    'temp: not evaluated'
    """
    if line.drifted is None:
        return f"{line.column}: not evaluated"
    found = f"{line.column}: {STATISTICS[line.statistic].title} {short(line.value)}"
    return f"{found}, {'drifted over' if line.drifted else 'within'} {short(line.threshold)}"


def _by_column(profiles: Iterable[ColumnProfile]) -> dict[str, ColumnProfile]:
    return {profile.column: profile for profile in profiles}
