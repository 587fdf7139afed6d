"""One thing in a declaration, or in the code beside it, that cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ml_platform.core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake with its place.

    Attributes:
        file: that holds it, beside the declaration or the declaration itself: ``defs.yaml``.
        key: of the declaration, or the name in a module: ``label.column``, ``INPUTS``.
        message: what was given, what is wrong with it and what would do.
        line: of the file, from 1; None where it is told by the key alone.
    """

    file: str
    key: str
    message: str
    line: int | None = None


class DeclarationError(ConfigError):
    """A declaration that cannot be; its message has one line for each mistake.

    Attributes:
        folder: of the declaration, with slashes.
        mistakes: all that were found.
    """

    def __init__(self, folder: str, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(_line(folder, each) for each in mistakes))
        self.folder = folder
        self.mistakes = tuple(mistakes)


def _line(folder: str, mistake: Mistake) -> str:
    line = "" if mistake.line is None else f":{mistake.line}"
    key = f", {mistake.key}" if mistake.key else ""
    return f"{folder}/{mistake.file}{line}{key}: {mistake.message}"
