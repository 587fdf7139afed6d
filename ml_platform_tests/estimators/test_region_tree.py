from __future__ import annotations

import numpy as np

from ml_platform.estimators.region_tree import (
    MOST_LEAVES,
    ROWS_A_LEAF,
    grow_error_regions,
    grow_regions,
    load_regions,
)


def rows(number: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Labels that depend on the first feature alone; a tenth of it is missing."""
    generator = np.random.default_rng(seed)
    features = generator.normal(size=(number, 3)).astype(np.float32)
    label = (generator.random(number) < 1 / (1 + np.exp(-3 * features[:, 0]))).astype(int)
    features[generator.random(number) < 0.1, 0] = np.nan
    return features, label


def test_regions_differ_in_how_often_the_label_is_1() -> None:
    features, label = rows(20_000)
    leaf = grow_regions(features, label).leaf_of(features)
    rates = [label[leaf == each].mean() for each in np.unique(leaf)]
    assert min(rates) < 0.1
    assert max(rates) > 0.9


def test_the_kept_tree_finds_the_same_regions_for_rows_it_never_saw() -> None:
    grown = grow_regions(*rows(5_000))
    later, _ = rows(1_000, seed=1)
    again = load_regions(grown.tree)
    assert np.array_equal(again.leaf_of(later), grown.leaf_of(later))
    known = set(grown.leaf_of(rows(5_000)[0]).tolist())
    assert set(again.leaf_of(later).tolist()) <= known


def test_few_rows_make_few_regions_and_many_make_no_more_than_64() -> None:
    for number, most in ((100, 2), (10 * ROWS_A_LEAF, 10), (40_000, MOST_LEAVES)):
        features, label = rows(number)
        found = len(np.unique(grow_regions(features, label).leaf_of(features)))
        assert found <= most


def test_the_same_rows_give_the_same_tree() -> None:
    assert grow_regions(*rows(3_000)).tree == grow_regions(*rows(3_000)).tree


def test_no_rows_lie_nowhere() -> None:
    regions = grow_regions(*rows(1_000))
    assert regions.leaf_of(np.empty((0, 3), dtype=np.float32)).tolist() == []


def test_regions_of_errors_differ_in_their_size() -> None:
    generator = np.random.default_rng(0)
    features = generator.normal(size=(20_000, 2)).astype(np.float32)
    error = generator.normal(0, np.where(features[:, 0] > 0, 900.0, 100.0))
    grown = grow_error_regions(features, error)
    leaf = grown.leaf_of(features)
    size = [np.abs(error[leaf == each]).mean() for each in np.unique(leaf)]
    assert min(size) < 110
    assert max(size) > 600
    assert np.array_equal(load_regions(grown.tree).leaf_of(features), leaf)
    assert np.bincount(leaf)[np.unique(leaf)].min() >= ROWS_A_LEAF / 2
