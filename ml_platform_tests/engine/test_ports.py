import socket

import pytest

from ml_platform.engine.errors import EngineError
from ml_platform.engine.ports import LOOPBACK, answers, claim_port, free_port, preferred_port


@pytest.fixture
def taken():
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_answers_nobody() -> None:
    assert not answers(free_port())


def test_a_taken_port_is_refused_in_words(taken: int) -> None:
    with pytest.raises(EngineError, match=f"Port {taken}, asked for by the UI, is taken"):
        claim_port(taken, "the UI")


def test_a_preferred_port_gives_way_when_it_is_taken(taken: int) -> None:
    assert preferred_port(taken) != taken
    free = free_port()
    assert preferred_port(free) == free
