"""What a change of the declarations will do, in a sentence, and whether it may be made at all."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from ml_platform.core.figures import counted

UNCHANGED = "Nothing changes: what is declared is what runs."


@dataclass(frozen=True, slots=True)
class Consequence:
    """One change with what it will do.

    Attributes:
        subject: what it is of, such as ``model flight_delay``.
        says: the change and what follows from it.
        way_out: what to do instead, where the change is refused; empty where it may be made.
    """

    subject: str
    says: str
    way_out: str = ""

    @property
    def refused(self) -> bool:
        """Whether it would break what is on record."""
        return bool(self.way_out)

    def row(self) -> dict[str, Any]:
        """The same for programs."""
        return asdict(self) | {"refused": self.refused}


def report(found: Sequence[Consequence], width: int = 80) -> str:
    """All consequences for a terminal, subject by subject.

    >>> print(report([Consequence("table a", "it is new.")]))
    table a
      - it is new.
    """
    if not found:
        return UNCHANGED
    said = []
    for subject, each in groupby(found, key=lambda one: one.subject):
        said.append("\n".join([subject, *(_said(one, width) for one in each)]))
    if refused := sum(one.refused for one in found):
        said.append(f"{counted(refused, 'change')} refused: see each way out.")
    return "\n\n".join(said)


def _said(one: Consequence, width: int) -> str:
    text = f"REFUSED: {one.says} Way out: {one.way_out}" if one.refused else one.says
    return textwrap.fill(
        text,
        width,
        initial_indent="  - ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
