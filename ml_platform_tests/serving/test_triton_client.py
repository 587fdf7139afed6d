"""A client of the Open Inference Protocol that others wrote, against a real server."""

import httpx
import numpy as np
import pytest
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

from ml_platform_tests.estimators.toy_model import flights
from ml_platform_tests.serving.toy_endpoint import MODEL, RunningEndpoint, held, scoring

ROWS = 500


@pytest.fixture
def client(endpoint: RunningEndpoint) -> InferenceServerClient:
    return InferenceServerClient(endpoint.url.removeprefix("http://"))


def tensors(rows: int = ROWS, binary: bool = False) -> list[InferInput]:
    columns = flights(rows, seed=7)
    columns["at"] = np.array([str(value) for value in columns["at"]], dtype=object)
    made = []
    for name, values in columns.items():
        tensor = InferInput(name, list(values.shape), np_to_triton_dtype(values.dtype))
        tensor.set_data_from_numpy(values, binary_data=binary)
        made.append(tensor)
    return made


def test_the_client_finds_the_server_and_its_model(client: InferenceServerClient) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(MODEL)
    assert client.is_model_ready(MODEL, "3")
    assert not client.is_model_ready(MODEL, "4")
    assert not client.is_model_ready("no_such_model")
    assert client.get_server_metadata()["name"] == "ml_platform"
    assert client.get_model_metadata(MODEL, "3") == {
        "name": MODEL,
        "versions": ["3"],
        "platform": "ml_platform_xgboost",
        "inputs": [
            {"name": "distance", "datatype": "FP64", "shape": [-1]},
            {"name": "sched_dep_time", "datatype": "INT64", "shape": [-1]},
            {"name": "carrier", "datatype": "BYTES", "shape": [-1]},
            {"name": "at", "datatype": "BYTES", "shape": [-1]},
        ],
        "outputs": [
            {"name": "score", "datatype": "FP64", "shape": [-1]},
            {"name": "decision", "datatype": "INT64", "shape": [-1]},
        ],
    }


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("version", ["", "3"])
def test_the_client_gets_the_scores_of_the_model_bit_for_bit(
    client: InferenceServerClient, endpoint: RunningEndpoint, version: str, binary: bool
) -> None:
    sent = tensors(binary=binary)
    answer = client.infer(MODEL, sent, model_version=version, request_id="mine")
    model = scoring(endpoint.root, held(endpoint.root.parent / "again", 3))
    expected = model.score(flights(ROWS, seed=7))
    decided = model.decide(expected)
    assert decided is not None
    np.testing.assert_array_equal(answer.as_numpy("score"), expected)
    np.testing.assert_array_equal(answer.as_numpy("decision"), decided)
    said = answer.get_response()
    assert (said["id"], said["model_name"], said["model_version"]) == ("mine", MODEL, "3")


def test_the_client_may_ask_for_one_output(client: InferenceServerClient) -> None:
    answer = client.infer(MODEL, tensors(3), outputs=[InferRequestedOutput("decision")])
    assert answer.as_numpy("score") is None
    assert answer.as_numpy("decision").shape == (3,)


def test_the_client_is_told_which_column_does_not_fit(client: InferenceServerClient) -> None:
    with pytest.raises(InferenceServerException, match='"carrier": the model needs this column'):
        client.infer(MODEL, [tensor for tensor in tensors(3) if tensor.name() != "carrier"])


def test_another_version_than_the_live_one_is_not_there(
    client: InferenceServerClient, endpoint: RunningEndpoint
) -> None:
    with pytest.raises(InferenceServerException, match="the live version"):
        client.infer(MODEL, tensors(3), model_version="4")
    assert httpx.get(f"{endpoint.url}/v2/models/{MODEL}/versions/4").status_code == 404
