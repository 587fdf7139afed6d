"""One endpoint for the tests that only ask it."""

from collections.abc import Iterator

import pytest

from ml_platform_tests.serving.toy_endpoint import MODEL, RunningEndpoint, held, make_live, running


@pytest.fixture(scope="package")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEndpoint]:
    """Two workers that serve version 3 of the toy model; not to be changed."""
    home = tmp_path_factory.mktemp("endpoint")
    make_live(home / "serving", held(home / "serving", 3))
    with running(home, MODEL, "--workers", "2", "--no-watch") as served:
        yield served
