"""A look at the endpoint from outside: asks for an answer that is known."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx

from ml_platform.core.service_level.counters import Counters
from ml_platform.core.service_level.probe import Probe
from ml_platform.stores.endpoint_counters import parse_counters

PROBE: Final = "x-probe"
"""Header of a request that the endpoint answers as any other and counts as none."""
VERSION: Final = "x-model-version"
TIMEOUT_SECONDS: Final = 5.0
"""A client that waits longer has given up; an answer after this is none."""
_SAID: Final = 200  # characters of a refusal that are worth keeping


@dataclass(frozen=True, slots=True)
class GoldenRequest:
    """What to send, and what must come back.

    Attributes:
        version: the champion, whose answer is known.
        body: JSON for MLflow's `/invocations`.
        score: of the champion for this row, to the last bit.
    """

    version: int
    body: bytes
    score: float


def probe(url: str, model: str, golden: GoldenRequest, token: str | None = None) -> Probe:
    """Ask the endpoint for one answer, over a new connection, and for its counters.

    Args:
        url: of the endpoint, without a path.
        model: its name.
        golden: what to send and what must come back.
        token: shown to an endpoint that lets only some in.

    Returns:
        never an exception for what the endpoint does: all of that is a finding.
    """
    at = datetime.now(UTC)
    shown = {} if token is None else {"authorization": f"Bearer {token}"}
    with httpx.Client(base_url=url, timeout=TIMEOUT_SECONDS, headers=shown) as client:
        began = time.perf_counter()
        try:
            answer = client.post(
                f"/models/{model}/invocations",
                content=golden.body,
                headers={"content-type": "application/json", PROBE: "1"},
            )
        except httpx.HTTPError as error:
            return Probe(at, ok=False, error=_in_words(error))
        latency = (time.perf_counter() - began) * 1000
        version, error = _judged(answer, golden)
        if error is None and latency > TIMEOUT_SECONDS * 1000:
            # httpx bounds each wait for bytes by itself; an answer may trickle in for longer.
            error = f"the answer took {latency / 1000:.1f} s, longer than {TIMEOUT_SECONDS:g} s"
        counters = _counters(client, model)
    return Probe(at, error is None, latency, version, error, counters)


def _judged(answer: httpx.Response, golden: GoldenRequest) -> tuple[int | None, str | None]:
    """The version that answered, and what is wrong with its answer."""
    if answer.status_code != httpx.codes.OK:
        return None, f"HTTP {answer.status_code}: {answer.text[:_SAID]}"
    try:
        version = int(answer.headers[VERSION])
        [row] = json.loads(answer.content)["predictions"]
        score = float(row["score"])
    except (KeyError, TypeError, ValueError) as error:
        return None, f"the answer cannot be read: {error!r}"
    if version != golden.version:
        return version, f"version {version} answered, version {golden.version} is live"
    if score.hex() != golden.score.hex():
        return version, f"version {version} answered {score!r}, known is {golden.score!r}"
    return version, None


def _counters(client: httpx.Client, model: str) -> Counters | None:
    """What the endpoint has counted; None where it does not say, which the probe is not about."""
    try:
        return parse_counters(client.get("/metrics").raise_for_status().text, model)
    except (httpx.HTTPError, ValueError):
        return None


def _in_words(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"no answer within {TIMEOUT_SECONDS:g} s"
    return f"{type(error).__name__}: {error}"
