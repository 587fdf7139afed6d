"""A path names a protocol, and where it does a model and its live version."""

from dataclasses import replace

import pytest

from ml_platform.serving import mlflow_protocol, open_inference
from ml_platform.serving.errors import NoSuchModel
from ml_platform.serving.live_models import Challenger, LiveModel
from ml_platform.serving.routes import Route, Routes, of_version
from ml_platform.serving.served_model import load_served_model
from ml_platform_tests.serving.toy_endpoint import MODEL, held


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/invocations", Route(mlflow_protocol)),
        ("/models/m/invocations", Route(mlflow_protocol, "m")),
        ("/v2/models/m/infer", Route(open_inference, "m")),
        ("/v2/models/m/versions/3/infer", Route(open_inference, "m", "3")),
        ("/v2/models/m", None),
        ("/invocations/", None),
        ("", None),
        ("*", None),
    ],
)
def test_a_path_is_found_the_first_time_and_the_second(path: str, route: Route | None) -> None:
    routes = Routes()
    assert routes.prediction(path) == route
    assert routes.prediction(path) == route


def test_paths_that_clients_make_up_are_not_remembered_for_ever() -> None:
    routes = Routes()
    for number in range(5000):
        assert routes.prediction(f"/models/{number}/invocations") is not None
    assert len(routes._known) <= 1000


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> LiveModel:
    root = tmp_path_factory.mktemp("serving")
    champion, rising = (
        load_served_model(root / MODEL, MODEL, held(root, version), lambda folder, live: None)
        for version in (1, 2)
    )
    return LiveModel(MODEL, 1, champion, challenger=Challenger(rising, 50.0, (), "salt"))


def test_who_names_the_champions_version_is_answered_by_no_canary(live: LiveModel) -> None:
    assert of_version(live, "1") == replace(live, challenger=None)


def test_the_champions_version_goes_on_to_be_shadowed(live: LiveModel) -> None:
    assert live.challenger is not None
    shadowed = replace(live, challenger=replace(live.challenger, percent=0.0))
    assert of_version(shadowed, "1") is shadowed


@pytest.mark.parametrize("version", ["2", "01", "", "x" * 100])
def test_another_version_is_not_there(live: LiveModel, version: str) -> None:
    with pytest.raises(NoSuchModel, match="the live version"):
        of_version(live, version)
