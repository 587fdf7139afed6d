"""The endpoint's door, with real connections."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from ml_platform.core.errors import ConfigError
from ml_platform.serving.access import Access, Forbidden, Unauthorized, is_loopback, require_guarded
from ml_platform.serving.tls import TlsFiles
from ml_platform.stores.access_tokens import ADMIN, PREDICT, add_token, withdraw_token
from ml_platform_tests.serving.certificate import self_signed
from ml_platform_tests.serving.toy_endpoint import (
    MODEL,
    asked,
    environment,
    held,
    make_live,
    rows,
    running,
)
from ml_platform_tests.waiting import wait_until

CLOSED = ["/metrics", "/openapi.json", "/version", "/v2", f"/v2/models/{MODEL}", "/nowhere"]
OPEN = ["/ping", "/health", "/v2/health/live", "/v2/health/ready"]


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@dataclass
class Guarded:
    url: str
    tokens: Path
    predict: str
    admin: str
    output: Path


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """An endpoint with tokens; whatever it writes goes to a file."""
    home = tmp_path_factory.mktemp("guarded")
    make_live(home / "serving", held(home / "serving", 1))
    tokens, output = home / "tokens.json", home / "output"
    predict, admin = add_token(tokens, "shop", PREDICT), add_token(tokens, "ops", ADMIN)
    kept = os.dup(1), os.dup(2)
    with output.open("wb") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    try:
        with running(home, MODEL, "--tokens", str(tokens), "--no-watch") as endpoint:
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)
            yield Guarded(endpoint.url, tokens, predict, admin, output)
    finally:
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)


@pytest.mark.parametrize("path", CLOSED)
def test_without_a_token_a_page_is_refused_and_says_how_to_send_one(guarded, path):
    refused = httpx.get(guarded.url + path)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer ")
    assert "Authorization" in refused.json()["message"]


@pytest.mark.parametrize("path", OPEN)
def test_health_is_open(guarded, path):
    assert httpx.get(guarded.url + path).status_code == 200


@pytest.mark.parametrize("sent", ["Bearer x", "Bearer", "Basic c2hvcDpzaG9w", "", "Bearer \x80"])
def test_a_prediction_needs_a_known_token(guarded, sent):
    headers = {"authorization": sent.encode("latin-1")}
    assert asked(guarded.url, rows(1), headers=headers).status_code == 401
    assert asked(guarded.url, rows(1)).status_code == 401


def test_either_scope_gets_predictions_and_numbers(guarded):
    for token in (guarded.predict, guarded.admin):
        assert asked(guarded.url, rows(1), headers=bearer(token)).status_code == 200
        assert httpx.get(f"{guarded.url}/metrics", headers=bearer(token)).status_code == 200


def test_the_scheme_is_known_in_any_case(guarded):
    headers = {"authorization": f"bEARER {guarded.predict}"}
    assert asked(guarded.url, rows(1), headers=headers).status_code == 200


def test_a_withdrawn_token_is_refused_by_itself_and_a_new_one_let_in(guarded):
    token = add_token(guarded.tokens, "guest", PREDICT)

    def status() -> int:
        return asked(guarded.url, rows(1), headers=bearer(token)).status_code

    wait_until(lambda: status() == 200, "the new token is let in")
    withdraw_token(guarded.tokens, "guest")
    wait_until(lambda: status() == 401, "the withdrawn token is refused")


def test_no_token_is_ever_written_or_sent_back(guarded):
    wrong = "SECRET-that-nobody-may-see"
    answers = [
        asked(guarded.url, rows(1), headers=bearer(token)) for token in (wrong, guarded.predict)
    ]
    answers += [
        httpx.post(f"{guarded.url}/invocations", content=b"{", headers=bearer(guarded.predict)),
        httpx.get(f"{guarded.url}/nowhere", headers=bearer(guarded.predict)),
        httpx.get(f"{guarded.url}/metrics", headers=bearer(guarded.predict)),
        httpx.get(guarded.url, headers=bearer("x" * 2**20)),
    ]
    with socket.create_connection(("127.0.0.1", httpx.URL(guarded.url).port)) as raw:
        raw.sendall(b"GET /\x00 HTTP/1.1\r\nAuthorization: Bearer %s\r\n\r\n" % wrong.encode())
        broken = raw.recv(65536).decode()
    assert {each.status_code for each in answers} == {200, 401, 404, 415, 431}
    assert broken.startswith("HTTP/1.1 400")
    seen = broken + "".join(each.text + str(each.headers) for each in answers)
    seen += guarded.output.read_text()
    for secret in (wrong, guarded.predict, guarded.admin):
        assert secret not in seen


def test_every_answer_says_that_its_type_is_not_to_be_guessed_nor_kept(guarded):
    for headers in ({}, bearer(guarded.predict)):
        answer = asked(guarded.url, rows(1), headers=headers)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def test_a_scope_below_what_is_needed_is_forbidden(tmp_path):
    file = tmp_path / "tokens.json"
    predict, admin = add_token(file, "shop", PREDICT), add_token(file, "ops", ADMIN)
    access = Access(file)
    access.require("/", [(b"authorization", f"Bearer {admin}".encode())], ADMIN)
    with pytest.raises(Forbidden) as refused:
        access.require("/", [(b"authorization", f"Bearer {predict}".encode())], ADMIN)
    assert refused.value.status == 403
    assert b'scope="admin"' in refused.value.challenge


def test_a_file_that_others_can_read_by_now_lets_nobody_in(tmp_path, monkeypatch):
    monkeypatch.setattr("ml_platform.serving.access.LOOK_SECONDS", 0.0)
    file = tmp_path / "tokens.json"
    sent = [(b"authorization", f"Bearer {add_token(file, 'shop', PREDICT)}".encode())]
    access = Access(file)
    access.require("/", sent)
    file.chmod(0o644)
    with pytest.raises(Unauthorized):
        access.require("/", sent)
    file.chmod(0o600)
    access.require("/", sent)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org"])
@pytest.mark.parametrize(("tls", "tokens"), [(False, False), (True, False), (False, True)])
def test_an_address_that_others_reach_needs_tls_and_tokens(host, tls, tokens):
    with pytest.raises(ConfigError, match=re.escape(host)) as refused:
        require_guarded(host, tls=tls, tokens=tokens)
    assert ("--tls-cert" in str(refused.value)) is not tls
    assert ("--tokens" in str(refused.value)) is not tokens
    require_guarded(host, tls=True, tokens=True)


def test_loopback_needs_nothing():
    for host in ("127.0.0.1", "127.8.9.10", "::1", "localhost"):
        assert is_loopback(host)
        require_guarded(host, tls=False, tokens=False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "--tls-cert and --tls-key and --tokens"),
        (["--tokens", "tokens.json"], "has mode 0644"),
        (["--tls-cert", "tokens.json"], "both --tls-cert and --tls-key"),
        (["--max-workers", "1", "--workers", "2"], "--max-workers must be --workers or more"),
    ],
)
def test_what_is_not_safe_does_not_start_and_the_message_says_why(tmp_path, options, said):
    (tmp_path / "tokens.json").write_text('{"tokens": []}')
    (tmp_path / "tokens.json").chmod(0o644)
    ended = subprocess.run(
        [sys.executable, "-m", "ml_platform.serving", "--port", "0", "--no-watch", *options],
        env=environment(tmp_path),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_with_tls_and_tokens_the_endpoint_answers_on_every_address(tmp_path, monkeypatch):
    make_live(tmp_path / "serving", held(tmp_path / "serving", 1))
    certificate, key = self_signed(tmp_path)
    token = add_token(tmp_path / "tokens.json", "shop", PREDICT)
    options = ["--tls-cert", str(certificate), "--tls-key", str(key)]
    options += ["--tokens", str(tmp_path / "tokens.json"), "--host", "0.0.0.0", "--no-watch"]
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with running(tmp_path, MODEL, *options) as endpoint:
        assert endpoint.url.startswith("https://0.0.0.0:")
        url = endpoint.url.replace("0.0.0.0", "127.0.0.1")
        assert asked(url, rows(1), headers=bearer(token)).status_code == 200
        assert asked(url, rows(1)).status_code == 401
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
            asked(url, rows(1), headers=bearer(token))
        with pytest.raises(httpx.TransportError):
            httpx.get(url.replace("https", "http"))


def test_a_key_that_others_can_read_or_that_does_not_fit_is_refused(tmp_path):
    certificate, key = self_signed(tmp_path)
    assert TlsFiles.of(certificate, key) == TlsFiles(certificate, key)
    assert TlsFiles.of(None, None) is None
    (tmp_path / "other").mkdir()
    _, other = self_signed(tmp_path / "other")
    with pytest.raises(ConfigError, match="not a certificate and its key"):
        TlsFiles.of(certificate, other)
    key.chmod(0o640)
    with pytest.raises(ConfigError, match=r"key\.pem holds .* mode 0640"):
        TlsFiles.of(certificate, key)
