"""Messages arrive at real receivers, and a channel that is down loses nothing."""

import json
import logging
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from ml_platform.core.alerts import Message, Occasion, Severity
from ml_platform.stores import apprise_delivery
from ml_platform.stores.alert_channels import AlertChannels
from ml_platform.stores.delivery import Delivery

MESSAGE = Message(
    key="check/flight_delay/drift",
    occasion=Occasion.NEW,
    severity=Severity.ERROR,
    title="flight_delay: drift on 2013-02-09",
    body="dep_delay moved: PSI .41 over .2",
    at=datetime(2013, 2, 9, 6, tzinfo=UTC),
    model="flight_delay",
)


class Receiver(ThreadingHTTPServer):
    """A webhook that keeps what it is sent."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), Posted)
        self.status = status
        self.received: list[dict[str, Any]] = []

    def url(self, scheme: str = "json") -> str:
        return f"{scheme}://127.0.0.1:{self.server_port}/hook"


class Posted(BaseHTTPRequestHandler):
    """One request to the webhook."""

    server: Receiver

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.received.append(json.loads(self.rfile.read(length)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        logging.getLogger(__name__).debug(format, *args)


@pytest.fixture
def receiver(request: pytest.FixtureRequest) -> Iterator[Receiver]:
    with Receiver(getattr(request, "param", 200)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class Inbox:
    """An SMTP server's handler that keeps every mail."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
def mail_server() -> Iterator[tuple[Inbox, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox, port
    controller.stop()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "home" / "alerts.jsonl"


def lines(kept: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in kept.read_text().splitlines()]


def test_without_addresses_the_console_and_the_file_have_it(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deliveries = AlertChannels({}, kept).send(MESSAGE, ["ops"])
    assert deliveries == [Delivery("ops", ok=True), Delivery("file", ok=True)]
    assert "[ERROR] flight_delay: drift on 2013-02-09\ndep_delay" in capsys.readouterr().err
    (line,) = lines(kept)
    assert (line["key"], line["severity"], line["occasion"]) == (MESSAGE.key, "error", "new")
    assert line["deliveries"] == [{"channel": "ops", "ok": True, "error": None}]


def test_without_channels_the_console_has_it(
    kept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [each.channel for each in AlertChannels({}, kept).send(MESSAGE, [])] == [
        "console",
        "file",
    ]
    assert MESSAGE.title in capsys.readouterr().err


def test_a_webhook_receives_the_message(receiver: Receiver, kept: Path) -> None:
    deliveries = AlertChannels({"ops": [receiver.url()]}, kept).send(MESSAGE, ["ops"])
    assert [each.ok for each in deliveries] == [True, True]
    (posted,) = receiver.received
    assert (posted["title"], posted["message"]) == (MESSAGE.title, MESSAGE.body)
    assert posted["type"] == "failure"


@pytest.mark.parametrize(
    ("occasion", "severity", "kind"),
    [
        (Occasion.NEW, Severity.INFO, "info"),
        (Occasion.STILL, Severity.WARNING, "warning"),
        (Occasion.WORSE, Severity.CRITICAL, "failure"),
        (Occasion.RECOVERED, Severity.INFO, "success"),
    ],
)
def test_severity_and_recovery_reach_the_receiver(
    receiver: Receiver, kept: Path, occasion: Occasion, severity: Severity, kind: str
) -> None:
    message = Message(MESSAGE.key, occasion, severity, "title", "", MESSAGE.at)
    AlertChannels({"ops": [receiver.url()]}, kept).send(message, ["ops"])
    assert receiver.received[0]["type"] == kind


def test_a_mail_server_receives_the_message(mail_server: tuple[Inbox, int], kept: Path) -> None:
    inbox, port = mail_server
    address = f"mailto://127.0.0.1:{port}?from=platform@example.org&to=ops@example.org"
    deliveries = AlertChannels({"mail": [address]}, kept).send(MESSAGE, ["mail"])
    assert deliveries[0] == Delivery("mail", ok=True)
    (mail,) = inbox.mails
    assert mail.rcpt_tos == ["ops@example.org"]
    assert MESSAGE.title.encode() in mail.content


@pytest.mark.parametrize("receiver", [500], indirect=True)
def test_a_receiver_that_refuses_is_a_failed_delivery_with_its_reason(
    receiver: Receiver, kept: Path
) -> None:
    failed, filed = AlertChannels({"ops": [receiver.url()]}, kept).send(MESSAGE, ["ops"])
    assert not failed.ok
    assert "500" in str(failed.error)
    assert filed.ok
    assert lines(kept)[0]["deliveries"][0]["ok"] is False


def test_a_channel_that_is_down_does_not_keep_the_others_from_it(
    receiver: Receiver, kept: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    urls = {"down": [f"json://127.0.0.1:{port}"], "up": [receiver.url()]}
    deliveries = AlertChannels(urls, kept).send(MESSAGE, ["down", "up"])
    assert [(each.channel, each.ok) for each in deliveries] == [
        ("down", False),
        ("up", True),
        ("file", True),
    ]


def test_a_mail_server_that_is_down_is_a_failed_delivery(kept: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    urls = {"mail": [f"mailto://127.0.0.1:{port}?from=a@example.org&to=b@example.org"]}
    failed, filed = AlertChannels(urls, kept).send(MESSAGE, ["mail"])
    assert (failed.ok, filed.ok) == (False, True)


def test_a_receiver_that_never_answers_is_given_up(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apprise_delivery, "STEP_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        urls = {"ops": [f"json://127.0.0.1:{silent.getsockname()[1]}"]}
        failed, _ = AlertChannels(urls, kept).send(MESSAGE, ["ops"])
    assert not failed.ok


def test_a_channel_has_a_last_second(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apprise_delivery, "LONGEST_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        urls = {"ops": [f"json://127.0.0.1:{silent.getsockname()[1]}"]}
        failed, _ = AlertChannels(urls, kept).send(MESSAGE, ["ops"])
    assert failed == Delivery("ops", ok=False, error="no answer within 0.2 s")


def test_an_address_apprise_does_not_know_is_said_without_its_secret(kept: Path) -> None:
    urls = {"ops": ["carrierpigeon://token-123@loft"]}
    failed, _ = AlertChannels(urls, kept).send(MESSAGE, ["ops"])
    assert failed.error == '"carrierpigeon://..." is not an address that Apprise understands'
    assert "token-123" not in kept.read_text()


def test_a_password_in_an_address_is_never_written(kept: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    urls = {"ops": [f"json://me:secret-123@127.0.0.1:{port}"]}
    failed, _ = AlertChannels(urls, kept).send(MESSAGE, ["ops"])
    assert not failed.ok
    assert "secret-123" not in kept.read_text()


def test_a_file_that_cannot_be_written_is_a_failed_delivery(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder")
    channels = AlertChannels({}, tmp_path / "home" / "alerts.jsonl")
    console, filed = channels.send(MESSAGE, ["ops"])
    assert (console.ok, filed.ok) == (True, False)


def test_messages_sent_at_once_stay_one_line_each(kept: Path) -> None:
    channels = AlertChannels({}, kept)
    senders = [threading.Thread(target=channels.send, args=(MESSAGE, [])) for _ in range(20)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(lines(kept)) == 20
