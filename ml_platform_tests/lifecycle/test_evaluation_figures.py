"""The pictures are pictures, also of nothing."""

import io

import numpy as np
import pytest
from matplotlib.image import imread

from ml_platform.lifecycle.evaluation_figures import (
    calibration_picture,
    confusion_matrix_picture,
    evaluation_pictures,
)


def size(png: bytes) -> tuple[int, ...]:
    return tuple(imread(io.BytesIO(png)).shape)


@pytest.mark.parametrize("counts", [[[700, 12], [90, 40]], [[0, 0], [0, 0]]])
def test_a_confusion_matrix_is_a_square_picture(counts: list[list[int]]) -> None:
    assert size(confusion_matrix_picture(counts, ("on time", "late"))) == (462, 462, 4)


def test_another_matrix_is_another_picture() -> None:
    drawn = {confusion_matrix_picture([[n, 12], [90, 40]]) for n in (1, 700)}
    assert len(drawn) == 2


@pytest.mark.parametrize("points", [([0.1, 0.4], [0.12, 0.35], [500, 20]), ([], [], [])])
def test_a_calibration_curve_is_a_square_picture(
    points: tuple[list[float], list[float], list[int]],
) -> None:
    assert size(calibration_picture(*points)) == (462, 462, 4)


@pytest.mark.parametrize("rows", [0, 1, 500])
def test_predicted_numbers_have_two_square_pictures(rows: int) -> None:
    label = np.random.default_rng(0).normal(100, 20, rows)
    pictures = evaluation_pictures(label, label + 1.5, None)
    assert set(pictures) == {"predicted_and_actual", "errors"}
    assert {size(png) for png in pictures.values()} == {(462, 462, 4)}
