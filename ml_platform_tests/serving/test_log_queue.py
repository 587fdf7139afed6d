"""The queue of the log knows how much waits for the disk, and for how long."""

from __future__ import annotations

import asyncio
from typing import Any

from ml_platform.serving.log_queue import LogQueue


class Clock:
    """Seconds that pass when they are told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def waiting(name: str) -> Any:
    return name, asyncio.Future


def test_an_empty_queue_has_no_oldest_record() -> None:
    queue = LogQueue(Clock())
    assert (len(queue), queue.next, queue.oldest_seconds) == (0, 0, 0.0)


def test_the_oldest_is_among_those_being_committed_while_there_are_any() -> None:
    clock = Clock()
    queue = LogQueue(clock)
    queue.add(waiting("first"))
    clock.now = 2.0
    queue.add(waiting("second"))
    assert (len(queue), queue.next, queue.oldest_seconds) == (2, 2, 2.0)
    taken = queue.take()
    clock.now = 5.0
    queue.add(waiting("third"))
    assert [name for name, _ in taken] == ["first", "second"]
    assert (len(queue), queue.next, queue.oldest_seconds) == (3, 1, 5.0)
    clock.now = 6.0
    assert queue.settle(all_of_them=False) == taken
    assert (len(queue), queue.next, queue.oldest_seconds) == (1, 1, 1.0)


def test_a_commit_that_failed_takes_those_with_it_that_came_meanwhile() -> None:
    queue = LogQueue(Clock())
    queue.add(waiting("first"))
    queue.take()
    queue.add(waiting("second"))
    assert [name for name, _ in queue.settle(all_of_them=True)] == ["first", "second"]
    assert len(queue) == 0
