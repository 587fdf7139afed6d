"""A probe is told apart by its header alone, whatever protocol it speaks."""

from __future__ import annotations

import pytest

from ml_platform.serving.open_inference import InferRequest
from ml_platform.serving.prediction import PredictionRequest
from ml_platform.serving.probing import is_probe, marked
from ml_platform.stores.endpoint_probe import PROBE

HEADERS = [(b"content-type", b"application/json"), (PROBE.encode(), b"1")]


@pytest.mark.parametrize(
    "request_of_client",
    [PredictionRequest({"a": [1.0]}, 1), InferRequest({"a": [1.0]}, 1, {}, "mine", ("score",))],
)
def test_a_request_is_the_same_but_for_the_mark(request_of_client: PredictionRequest) -> None:
    assert not request_of_client.probe
    assert marked(request_of_client, HEADERS[:1]) is request_of_client
    found = marked(request_of_client, HEADERS)
    assert found.probe
    assert type(found) is type(request_of_client)
    assert (found.columns, found.rows) == (request_of_client.columns, 1)


def test_an_empty_mark_is_none() -> None:
    assert not is_probe([(PROBE.encode(), b"")])
