"""A PostgreSQL server of one's own, in a folder; tests are skipped where none is installed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest

USER = "postgres"


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server that ends with the block, in a folder that its user may enter (pytest's is not)."""
    if not (shutil.which("initdb") and shutil.which("postgres")):
        pytest.skip("there is no PostgreSQL server on this machine")
    with tempfile.TemporaryDirectory() as folder:
        server = PostgresServer(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)


class PostgresServer:
    """Started, stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        # The server refuses to be run by root.
        self._as: dict[str, Any] = {"user": USER, "group": USER} if os.getuid() == 0 else {}
        if self._as:
            shutil.chown(folder, USER)
        command = ["initdb", "-D", str(self.data), "-U", USER, "-A", "trust", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **self._as)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={self.port}"]
        command = ["postgres", "-D", str(self.data), *options, "-k", str(self.data)]
        with (self.data.parent / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.data.parent, **self._as
            )
        end = time.monotonic() + 600
        while True:
            try:
                psycopg2.connect(self.address).close()
            except psycopg2.OperationalError:
                assert time.monotonic() < end, "the server does not come up"
                time.sleep(0.05)
            else:
                return

    def stop(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        self._process.wait()
