"""Sending a message to people: the console and a file by default, any Apprise address besides.

A channel is a name ("ops") with Apprise URLs (https://github.com/caronc/apprise/wiki): mail,
chat, webhooks and more. A name without URLs is shown on the console. Every message is also kept
in a file with what became of it, so that a channel that is down loses nothing.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from ml_platform.core.alerts import Message
from ml_platform.stores.apprise_delivery import deliver
from ml_platform.stores.delivery import Delivery

CONSOLE: Final = "console"
FILE: Final = "file"


class AlertChannels:
    """The channels of one installation.

    Args:
        urls: channel -> the Apprise URLs a message to it goes to.
        file: JSON lines, one per message, with the deliveries.
    """

    def __init__(self, urls: Mapping[str, Sequence[str]], file: Path) -> None:
        self._urls = {name: tuple(addresses) for name, addresses in urls.items()}
        self._file = file

    def send(self, message: Message, channels: Sequence[str]) -> list[Delivery]:
        """Send a message and say what became of it on each channel, the file last.

        Never raises because a channel is down: that is a `Delivery` that is not ok. Takes at
        most `apprise_delivery.LONGEST_SECONDS` per channel.
        """
        wanted = dict.fromkeys(name for name in channels if name != FILE)
        deliveries = [self._send_to(message, name) for name in wanted or (CONSOLE,)]
        return [*deliveries, self._keep(message, deliveries)]

    def _send_to(self, message: Message, channel: str) -> Delivery:
        addresses = self._urls.get(channel)
        if not addresses:
            return _show(message, channel)
        return deliver(message, channel, addresses)

    def _keep(self, message: Message, deliveries: Sequence[Delivery]) -> Delivery:
        # Written after sending, with the outcome: a process killed in between has not told its
        # caller that the message was sent, so the caller sends it again.
        line = {**asdict(message), "deliveries": [asdict(each) for each in deliveries]}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(line, default=str, ensure_ascii=False) + "\n")
                lines.flush()
                os.fsync(lines.fileno())
        except OSError as error:
            return Delivery(FILE, ok=False, error=str(error))
        return Delivery(FILE, ok=True)


def _show(message: Message, channel: str) -> Delivery:
    heading = f"[{message.severity.upper()}] {message.title}"
    try:
        print(f"{heading}\n{message.body}".rstrip(), file=sys.stderr, flush=True)
    except OSError as error:
        return Delivery(channel, ok=False, error=str(error))
    return Delivery(channel, ok=True)
