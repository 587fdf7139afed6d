"""How long work takes, and which of its parts take how long."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

Result = TypeVar("Result")


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds that the work took, and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


class Breakdown:
    """Seconds by part, each without the parts that ran inside it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inside: list[str] = []
        self._since = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """What runs in here counts for this part, and no longer for the one around it."""
        self._switch()
        self._inside.append(name)
        try:
            yield
        finally:
            self._switch()
            self._inside.pop()

    @contextmanager
    def watching(self, parts: Mapping[str, list[tuple[Any, str]]]) -> Iterator[None]:
        """Count calls of functions, given as (owner, name), for parts while this is open."""
        named = [
            (_holder(owner, name), name, part)
            for part, calls in parts.items()
            for owner, name in calls
        ]
        former = [(owner, name, owner.__dict__[name]) for owner, name, _ in named]
        for owner, name, part in named:
            setattr(owner, name, self._counted(part, owner.__dict__[name]))
        try:
            yield
        finally:
            for owner, name, function in former:
                setattr(owner, name, function)

    def _counted(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def counted(*args: Any, **kwargs: Any) -> Any:
            with self.part(part):
                return function(*args, **kwargs)

        return counted

    def _switch(self) -> None:
        now = time.perf_counter()
        if self._inside:
            self.seconds[self._inside[-1]] += now - self._since
        self._since = now


def _holder(owner: Any, name: str) -> Any:
    """Where the function is defined: a class may have it from one that it is made of."""
    return next((c for c in getattr(owner, "__mro__", ()) if name in vars(c)), owner)
