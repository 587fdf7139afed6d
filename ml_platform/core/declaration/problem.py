"""A mistake as it is shown: the file, the line, the key and what is wrong."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ml_platform.core.figures import counted


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing that keeps a project from being loaded, or from working once it is.

    Attributes:
        file: that holds it.
        line: from 1; 0 where it is of the file as a whole.
        key: of the declaration, or the name in a module; empty where the message says it.
        message: what was given, what is wrong with it and what would do.
    """

    file: str
    line: int
    key: str
    message: str

    @property
    def place(self) -> str:
        """File and line, as editors and terminals make a link of them.

        >>> Problem("shop/defs.yaml", 3, "name", "no such name").place
        'shop/defs.yaml:3'
        """
        return f"{self.file}:{self.line}" if self.line else self.file

    def row(self) -> dict[str, Any]:
        """The same for programs."""
        return asdict(self)


def report(problems: Sequence[Problem], width: int = 80) -> str:
    """All problems for a terminal, by file and line, and how many there are.

    >>> print(report([Problem("defs.yaml", 3, "name", "no such name")]))
    defs.yaml:3
      name: no such name
    <BLANKLINE>
    1 problem.
    """
    said = [_said(each, width) for each in sorted(problems)]
    return "\n\n".join([*said, f"{counted(len(problems), 'problem')}."])


def _said(problem: Problem, width: int) -> str:
    begins = f"{problem.key}: "
    told = problem.message
    if problem.key and not told.startswith(begins):
        told = begins + told
    lines = [
        textwrap.fill(
            line,
            width,
            initial_indent="  ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in told.splitlines()
    ]
    return "\n".join([problem.place, *lines])
