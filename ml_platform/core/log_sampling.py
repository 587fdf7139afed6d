"""Which requests are logged where not all are: decided by the identifier's own random bits."""

from __future__ import annotations

from uuid import UUID

from ml_platform.core.request_id import RANDOM_TAIL


def is_sampled(request_id: str, share: float) -> bool:
    """Whether a request belongs to the sample; the same identifier always gives the same answer.

    The last 62 bits of a UUID version 7 are uniform and say nothing of the request, so each is
    logged with probability ``share`` whatever it holds. Weighted by 1 / share, sums over the
    sample are unbiased for all requests (Horvitz and Thompson, JASA 47, 1952).

    Args:
        request_id: a UUID version 7.
        share: above 0, at most 1.

    >>> is_sampled("0190a6f0-0000-7000-8000-000000000000", 0.1)
    True
    >>> is_sampled("0190a6f0-0000-7000-bfff-ffffffffffff", 0.1)
    False
    """
    return (UUID(request_id).int & RANDOM_TAIL) / (RANDOM_TAIL + 1) < share
