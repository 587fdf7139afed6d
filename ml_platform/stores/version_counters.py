"""What a running endpoint counted of each version of a model, read from its ``/metrics``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import httpx
from prometheus_client.parser import text_string_to_metric_families

from ml_platform.core.errors import StoreError
from ml_platform.core.service_level.counters import Counters
from ml_platform.stores.endpoint_counters import REQUESTS

_SECONDS: Final = 3.0


def version_counters(url: str, model: str, token: str | None = None) -> Mapping[int, Counters]:
    """Requests answered since the endpoint started, by version and class of status.

    A version that has answered nothing yet has none of them.

    Args:
        url: of the endpoint, without a path.
        model: whose versions.
        token: shown to an endpoint that lets only some in.

    Raises:
        StoreError: the endpoint does not answer, or not with its metrics.
    """
    counted: defaultdict[int, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    try:
        shown = {} if token is None else {"authorization": f"Bearer {token}"}
        answer = httpx.get(f"{url}/metrics", timeout=_SECONDS, headers=shown).raise_for_status()
        for family in text_string_to_metric_families(answer.text):
            for sample in family.samples:
                labels = sample.labels
                own = sample.name == REQUESTS and labels["model"] == model
                if own and labels["version"]:
                    counted[int(labels["version"])][labels["status"]] += sample.value
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise StoreError(f"the endpoint {url} did not say what it counted: {error!r}") from error
    return {version: Counters(dict(statuses)) for version, statuses in counted.items()}
