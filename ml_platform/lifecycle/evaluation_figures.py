"""The two pictures of an evaluation: where the model errs, and whether its scores mean it.

Of predicted numbers, how far they are from the actual ones, and whether one side is favoured.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ml_platform.core.performance.calibration import calibration_curve
from ml_platform.core.performance.confusion import confusion

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SIDE_INCHES = 4.2
_DPI = 110
_HEXAGONS, _BARS = 40, 60


def evaluation_pictures(
    label: ArrayLike, score: ArrayLike, threshold: float | None
) -> dict[str, bytes]:
    """Draw both pictures of scored rows with their labels, shape [n], by name."""
    if threshold is None:
        return {
            "predicted_and_actual": predicted_picture(label, score),
            "errors": errors_picture(label, score),
        }
    points = calibration_curve(label, score)
    return {
        "confusion_matrix": confusion_matrix_picture(confusion(label, score, threshold).matrix),
        "calibration": calibration_picture(
            [p.mean_score for p in points],
            [p.positive_rate for p in points],
            [p.rows for p in points],
        ),
    }


def confusion_matrix_picture(
    counts: Sequence[Sequence[int]], classes: tuple[str, str] = ("0", "1")
) -> bytes:
    """Draw a confusion matrix as PNG.

    Args:
        counts: rows of actual class, columns of decided class: [[TN, FP], [FN, TP]].
        classes: what 0 and 1 are called.
    """
    figure, axes = _blank("Confusion matrix", "decided", "actual")
    axes.imshow(_row_shares(counts), cmap="Blues", vmin=0, vmax=1)
    for row, line in enumerate(_row_shares(counts)):
        for column, share in enumerate(line):
            axes.text(
                column,
                row,
                f"{counts[row][column]:,}\n{share:.0%}",
                ha="center",
                va="center",
                color="white" if share > 0.5 else "black",
            )
    axes.set_xticks([0, 1], list(classes))
    axes.set_yticks([0, 1], list(classes))
    return _png(figure)


def calibration_picture(
    mean_score: Sequence[float], positive_rate: Sequence[float], rows: Sequence[int]
) -> bytes:
    """Draw a calibration curve as PNG: what was promised against what came true.

    Args:
        mean_score: the mean score of each bin.
        positive_rate: the share of positives in each bin.
        rows: the number of rows in each bin; a point's area follows it.
    """
    figure, axes = _blank("Calibration", "mean score", "share that came true")
    axes.plot([0, 1], [0, 1], color="grey", linestyle="--", linewidth=1, label="perfect")
    largest = max(rows, default=1)
    areas = [20 + 180 * count / largest for count in rows]
    axes.plot(mean_score, positive_rate, color="tab:blue", linewidth=1)
    axes.scatter(mean_score, positive_rate, s=areas, color="tab:blue", label="model (area: rows)")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.legend(loc="upper left", frameon=False)
    return _png(figure)


def predicted_picture(label: ArrayLike, score: ArrayLike) -> bytes:
    """Draw how often each actual number goes with each predicted one, as PNG."""
    figure, axes = _blank("Predicted and actual", "predicted", "actual")
    actual, predicted = np.asarray(label, dtype=float), np.asarray(score, dtype=float)
    if len(actual):
        axes.hexbin(predicted, actual, gridsize=_HEXAGONS, mincnt=1, bins="log", cmap="Blues")
        ends = [min(predicted.min(), actual.min()), max(predicted.max(), actual.max())]
        axes.plot(ends, ends, color="grey", linestyle="--", linewidth=1, label="perfect")
        axes.legend(loc="upper left", frameon=False)
    return _png(figure)


def errors_picture(label: ArrayLike, score: ArrayLike) -> bytes:
    """Draw how the errors are spread, as PNG; the outermost hundredth stays outside."""
    figure, axes = _blank("Errors", "predicted minus actual", "rows")
    errors = np.asarray(score, dtype=float) - np.asarray(label, dtype=float)
    if len(errors):
        low, high = np.quantile(errors, [0.005, 0.995])
        # Errors that are all the same still need a bar as wide as rounding allows.
        width = 1e-6 * max(1.0, abs(low), abs(high))
        ends = (low - width, high + width)
        axes.hist(np.clip(errors, low, high), bins=_BARS, range=ends, color="tab:blue")
        axes.axvline(0.0, color="grey", linestyle="--", linewidth=1)
    return _png(figure)


def _row_shares(counts: Sequence[Sequence[int]]) -> list[list[float]]:
    return [[count / max(sum(line), 1) for count in line] for line in counts]


def _blank(title: str, across: str, up: str) -> tuple[Figure, Axes]:
    # Figure without pyplot: no display, no state shared by the process.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_SIDE_INCHES, _SIDE_INCHES), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    return figure, axes


def _png(figure: Figure) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    picture = io.BytesIO()
    FigureCanvasAgg(figure).print_figure(picture, dpi=_DPI)
    return picture.getvalue()
