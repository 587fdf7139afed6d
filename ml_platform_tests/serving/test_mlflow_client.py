"""MLflow's own client gets from the endpoint what MLflow's own server gives for the version."""

import io
import json
from pathlib import Path
from typing import Any

import httpx
import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.pyfunc import scoring_server
from mlflow.pyfunc.scoring_server.client import ScoringServerClient

from ml_platform.stores.mlflow_model import write_mlflow_model
from ml_platform_tests.estimators.toy_model import flights
from ml_platform_tests.serving.toy_endpoint import INPUTS, MODEL, RunningEndpoint

ROWS = 2000


@pytest.fixture(scope="module")
def pyfunc(endpoint: RunningEndpoint, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The version that is served, as MLflow loads it."""
    folder = tmp_path_factory.mktemp("mlflow") / "model"
    folder.mkdir()
    artifact: Path = endpoint.root / MODEL / "versions" / "3"
    write_mlflow_model(folder, artifact, INPUTS, run_id="run", model_id="model")
    return mlflow.pyfunc.load_model(str(folder))


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Rows with nulls, unseen categories and extremes, infinities aside: those are refused."""
    made = pd.DataFrame(flights(ROWS, seed=5, nasty=True))
    made["at"] = made["at"].astype("datetime64[ns]")
    return made.replace([np.inf, -np.inf], 1e300)


@pytest.fixture(scope="module")
def client(endpoint: RunningEndpoint) -> ScoringServerClient:
    host, port = endpoint.url.removeprefix("http://").split(":")
    return ScoringServerClient(host, int(port))


def mlflow_answer(pyfunc: Any, body: str, content_type: str) -> list[dict[str, Any]]:
    """What `mlflow models serve` answers."""
    schema = pyfunc.metadata.get_input_schema()
    answer = scoring_server.invocations(body, content_type, pyfunc, schema)
    assert answer.status == 200
    return list(json.loads(answer.response)["predictions"])


def endpoint_answer(url: str, body: str, content_type: str) -> list[dict[str, Any]]:
    headers = {"content-type": content_type}
    answer = httpx.post(f"{url}/invocations", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["predictions"])


def test_the_client_gets_the_scores_of_the_pyfunc_bit_for_bit(
    client: ScoringServerClient, pyfunc: Any, frame: pd.DataFrame
) -> None:
    client.wait_server_ready(timeout=600)
    given = client.invoke(frame).get_predictions()
    expected = pyfunc.predict(frame).reset_index(drop=True)
    pd.testing.assert_frame_equal(given, expected, check_exact=True)
    assert given["score"].nunique() > 20


def test_the_client_learns_which_mlflow_it_speaks_with(client: ScoringServerClient) -> None:
    assert client.get_version() == mlflow.__version__


def test_the_client_keeps_who_answered(client: ScoringServerClient, frame: pd.DataFrame) -> None:
    answer = client.invoke(frame.head(1))
    assert (answer["model"], answer["model_version"], answer["role"]) == (MODEL, 3, "champion")
    assert len(answer["request_id"]) == 36


def plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return list(json.loads(frame.to_json(orient="records", date_format="iso", double_precision=15)))


@pytest.mark.parametrize("form", ["dataframe_split", "dataframe_records", "inputs", "columns"])
def test_every_form_gives_what_mlflows_server_gives(
    endpoint: RunningEndpoint, pyfunc: Any, frame: pd.DataFrame, form: str
) -> None:
    kept = frame.assign(at=frame["at"].fillna(pd.Timestamp("2013-01-07")))
    if form in ("inputs", "columns"):
        # Under this key MLflow's server makes the text "None" of a missing text.
        kept = kept[kept["carrier"].notna()]
    records = plain(kept.assign(at=kept["at"].dt.strftime("%Y-%m-%dT%H:%M:%S")))
    if form == "dataframe_split":
        rows = [list(record.values()) for record in records]
        body: Any = {form: {"columns": list(INPUTS), "data": rows}}
    elif form == "columns":
        body = {"inputs": {name: [record[name] for record in records] for name in INPUTS}}
    else:
        body = {form: records}
    raw = json.dumps(body)
    theirs = mlflow_answer(pyfunc, raw, "application/json")
    assert endpoint_answer(endpoint.url, raw, "application/json") == theirs


def test_csv_gives_what_mlflows_server_gives(
    endpoint: RunningEndpoint, pyfunc: Any, frame: pd.DataFrame
) -> None:
    # MLflow reads a column of times from CSV as text, which its own schema then refuses: it is
    # given the parsed frame. The text "" is written as nothing, which is missing on both sides.
    written = frame.to_csv(index=False)
    read = pd.read_csv(io.StringIO(written), parse_dates=["at"], float_precision="round_trip")
    expected = pyfunc.predict(read).to_dict(orient="records")
    assert endpoint_answer(endpoint.url, written, "text/csv") == expected
    assert len(expected) == ROWS
