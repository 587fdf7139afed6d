from __future__ import annotations

from typing import get_args

from ml_platform.core.quality_over_time.rhythm import CADENCES, looked_back, needed
from ml_platform.core.source_spec import Partitions


def test_every_calendar_that_can_be_declared_has_a_rhythm() -> None:
    assert set(CADENCES) == set(get_args(Partitions.model_fields["every"].annotation))
    assert [round(CADENCES[every].per_year) for every in CADENCES] == [8766, 365, 52, 12]


def test_enough_is_looked_back_on_for_what_is_needed() -> None:
    assert all(looked_back(each) >= needed(each, 14) for each in CADENCES.values())
