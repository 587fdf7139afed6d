from __future__ import annotations

import pytest

from ml_platform.core import names


@pytest.mark.parametrize(
    ("path", "table"),
    [
        (names.landing("flights"), "flights/landing"),
        (names.raw("flights"), "flights/raw"),
        (names.validated("flights"), "flights/validated"),
        (names.quarantine("flights"), "flights/quarantine"),
        (names.quality("flights"), "flights/quality"),
        (names.of_model("flight_delay", names.FEATURES), "flight_delay/features"),
    ],
)
def test_a_table_is_named_like_its_asset(path: names.AssetPath, table: str) -> None:
    assert names.table_of(path) == table


def test_a_stage_follows_inputs_or_labels_or_is_part_of_a_retraining_but_never_two() -> None:
    # Only the verdict is about both, and is restated when labels come.
    stages = [*names.DAILY, *(s for s in names.ON_LABELS if s != names.VERDICT), *names.RETRAINING]

    assert len(set(stages)) == len(stages)
    assert names.DAILY[-1] == names.ON_LABELS[-1] == names.VERDICT


def test_every_run_tag_is_in_the_namespace_of_the_platform_and_different() -> None:
    tags = [value for name, value in vars(names).items() if name.startswith("TAG_")]

    assert all(tag.startswith("ml_platform/") for tag in tags)
    assert len(set(tags)) == len(tags)
