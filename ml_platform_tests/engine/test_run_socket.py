import socket
from pathlib import Path

import pytest

from ml_platform.engine.run_socket import LONGEST_PATH, ask, receive, socket_path


def test_the_socket_lies_under_the_home() -> None:
    assert socket_path(Path("/srv/loop")) == Path("/srv/loop/run/runs.sock")


def test_a_home_too_deep_for_a_socket_gets_one_of_its_own_elsewhere() -> None:
    deep = Path("/srv") / ("deep" * 40)
    assert len(str(socket_path(deep))) <= LONGEST_PATH
    assert socket_path(deep) == socket_path(deep)
    assert socket_path(deep) != socket_path(deep / "deeper")


def test_asking_where_nobody_listens_gives_none(tmp_path: Path) -> None:
    assert ask(tmp_path / "runs.sock", {"do": "health", "run_id": "1"}) is None


def test_a_message_cut_short_is_an_error() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b'{"do": ')
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(ConnectionError, match="in the middle"):
            receive(ours)
