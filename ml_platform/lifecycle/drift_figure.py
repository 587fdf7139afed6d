"""Reference against window, column by column, as a picture."""

import io
from collections.abc import Sequence

from dagster import MarkdownMetadataValue

from ml_platform.core.drift.window import WindowDrift
from ml_platform.core.profile import ColumnProfile
from ml_platform.lifecycle.picture import picture

_SHOWN = 6


def drift_figure(window: WindowDrift) -> MarkdownMetadataValue:
    """The columns furthest from the reference: share of rows per bin, both sides."""
    from matplotlib.figure import Figure

    shown = list(dict.fromkeys(line.column for line in window.columns.columns))[:_SHOWN]
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.subplots(2, 3).ravel()
    for axis, column in zip(axes, shown, strict=False):
        reference, analysis = _of(window.reference, column), _of(window.analysis, column)
        axis.set_title(column, fontsize=9)
        axis.tick_params(labelsize=7)
        for profile, label in ((reference, "reference"), (analysis, "window")):
            if profile is not None:
                axis.step(range(len(profile.counts)), profile.shares, where="mid", label=label)
        axis.set_xlabel("bin", fontsize=7)
    if shown:
        axes[0].legend(fontsize=7)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=80)
    return picture(drawn.getvalue())


def _of(profiles: Sequence[ColumnProfile], column: str) -> ColumnProfile | None:
    return next((p for p in profiles if p.column == column), None)
