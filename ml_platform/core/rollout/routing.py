"""Which requests a canary answers: a stable share of the keys, the same in every process."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

_KEYS: Final = 2**64


def takes_canary(key: str, salt: str, percent: float) -> bool:
    """Say whether the requests of a key are answered by the canary.

    The answer depends on nothing but the arguments: no process, no order, no clock. It is monotone
    in `percent`: a key that is in at 5% stays in at 25%, so nobody goes back and forth as a rollout
    advances. Keys are spread by BLAKE2b (RFC 7693), which needs no assumption about the keys.

    Args:
        key: what the request is of, such as a customer's number.
        salt: of one rollout, such as its line in the ledger: each rollout draws other keys, so
            that no customer is always the first to meet a new version.
        percent: the share of all keys, from 0 (none) to 100 (all).

    >>> [percent for percent in (1, 5, 25, 50, 100) if takes_canary("customer-6", "r1", percent)]
    [50, 100]
    """
    drawn = blake2b(f"{salt}\0{key}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(drawn, "big") < percent / 100 * _KEYS
