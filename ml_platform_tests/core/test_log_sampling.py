"""A sample takes its share, whatever a request holds, and always the same requests."""

from __future__ import annotations

import pytest
from scipy import stats

from ml_platform.core.log_sampling import is_sampled
from ml_platform.core.request_id import request_ids

IDS = request_ids(20_000)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_the_share_of_requests_is_the_declared_one(share: float) -> None:
    found = sum(is_sampled(each, share) for each in IDS)

    assert stats.binomtest(found, len(IDS), share).pvalue > 1e-6


def test_a_smaller_sample_is_part_of_a_greater_one() -> None:
    assert all(is_sampled(each, 0.5) for each in IDS if is_sampled(each, 0.1))


def test_a_share_of_one_takes_all() -> None:
    assert all(is_sampled(each, 1.0) for each in IDS)
