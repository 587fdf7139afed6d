"""The columns that matter most to a verdict: their rank, and reference against window."""

import io
from collections.abc import Sequence
from typing import Any

from dagster import MarkdownMetadataValue

from ml_platform.core.drift.ranking import RankedColumn
from ml_platform.lifecycle.drift_findings import DriftFindings
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.picture import picture
from ml_platform.lifecycle.reference_profiles import Profiles, both_sides
from ml_platform.stores.lake import Lake

_RANKED, _SHOWN = 12, 4


def verdict_figure(model: Model, lake: Lake, found: DriftFindings) -> MarkdownMetadataValue | None:
    """Columns by importance and effect, the first of them in shares of rows on both sides.

    Returns:
        None where no column drifted: there is nothing to look at.
    """
    if found.version is None or not any(column.drifted for column in found.ranked):
        return None
    window = model.calendar.keys_to(found.partition, found.window_partitions)
    reference, analysis = both_sides(lake, model, found.version, window)
    return picture(_drawn(found.ranked, reference, analysis))


def _drawn(ranked: Sequence[RankedColumn], reference: Profiles, window: Profiles) -> bytes:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.5), layout="constrained")
    axes = figure.subplot_mosaic([["rank", 0, 1], ["rank", 2, 3]])
    _rank(axes["rank"], ranked[:_RANKED])
    for place, column in enumerate(ranked[:_SHOWN]):
        axes[place].set_title(_title(column), fontsize=8)
        for side, label in ((reference, "reference"), (window, "window")):
            if column.column in side:
                shares = side[column.column].shares
                axes[place].step(range(len(shares)), shares, where="mid", label=label)
        axes[place].tick_params(labelsize=7)
    axes[0].legend(fontsize=7)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=80)
    return drawn.getvalue()


def _rank(axis: Any, ranked: Sequence[RankedColumn]) -> None:
    """One bar per column, the first on top; those that drifted in the colour of the window."""
    bars = list(reversed(ranked))
    colours = ["C1" if column.drifted else "C0" for column in bars]
    axis.barh([column.column for column in bars], [column.weight for column in bars], color=colours)
    axis.set_title("importance x effect", fontsize=9)
    axis.tick_params(labelsize=7)


def _title(column: RankedColumn) -> str:
    moved = f"{column.effect:.1f} x its threshold"
    if column.importance is None:
        return f"{column.column}: {moved}"
    return f"{column.column}: {moved}, {column.importance:.0%} of importance"
