"""An endpoint that asks for signatures answers with signed versions only."""

import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from ml_platform.stores.deployment import LiveVersion
from ml_platform.stores.signatures import SignatureKeys
from ml_platform_tests.serving.toy_endpoint import MODEL, asked, held, make_live, rows, running
from ml_platform_tests.stores.signing_keys import made_keys


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SignatureKeys:
    made = made_keys(tmp_path / "keys")
    monkeypatch.setenv("ML_PLATFORM_VERIFY_KEY", str(made.verifying))
    return made


def signed(keys: SignatureKeys, version: LiveVersion) -> LiveVersion:
    signature = keys.sign(MODEL, version.version, version.manifest_sha256)
    return replace(version, signature=signature)


def answering(url: str) -> str:
    answer = asked(url, rows(1))
    assert answer.status_code == 200, answer.text
    return answer.headers["x-model-version"]


def test_an_unsigned_and_a_wrongly_signed_version_are_refused_and_the_former_one_answers(
    tmp_path, keys, capfd
):
    root = tmp_path / "serving"
    first, second = signed(keys, held(root, 1)), held(root, 2)
    make_live(root, first)
    with running(tmp_path, MODEL, "--no-watch") as endpoint:
        assert answering(endpoint.url) == "1"
        for wrong in (second, replace(second, signature=first.signature)):
            make_live(root, wrong, previous=first)
            end = time.monotonic() + 1.5
            while time.monotonic() < end:
                assert answering(endpoint.url) == "1"
        make_live(root, signed(keys, second), previous=first)
        end = time.monotonic() + 600
        while answering(endpoint.url) != "2":
            assert time.monotonic() < end
    said = capfd.readouterr().err
    assert "version 2 of flight_delay is not signed" in said
    assert "version 2 of flight_delay was not made for it" in said


def test_an_endpoint_whose_only_version_is_unsigned_is_live_and_not_ready_and_says_why(
    tmp_path, keys
):
    make_live(tmp_path / "serving", held(tmp_path / "serving", 1))
    with running(tmp_path, MODEL, "--no-watch", wait="live") as endpoint:
        ready = httpx.get(f"{endpoint.url}/v2/health/ready")
        assert ready.status_code == 503
        assert "is not signed" in ready.text
        assert asked(endpoint.url, rows(1)).status_code == 503
