"""The lines of a landed text file, read piece by piece and never beyond declared bounds."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from ml_platform.core.errors import LandingError
from ml_platform.core.source_spec import Landing

_PIECE = 1 << 20
_BOM = "\ufeff"


def encoding_of(landing: Landing) -> str:
    """The encoding that the landing's options declare, as Python names it; UTF-8 by default.

    Raises:
        LandingError: there is no such encoding.

    >>> encoding_of(Landing(format="json", path="{partition}", options={"charset": "Windows-1252"}))
    'cp1252'
    """
    given = {key.lower(): value for key, value in landing.options.items()}
    name = given.get("encoding", given.get("charset", "utf-8"))
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise LandingError(
            f"it is declared to be written in {name!r}, which is no known encoding; known are "
            "utf-8, utf-16, latin1, windows-1252, Shift_JIS and the others that Python names"
        ) from None


def line_blocks(path: Path, landing: Landing) -> Iterator[list[str]]:
    r"""Read a file's lines, some at a time, each with its own end (``\n``, ``\r\n`` or ``\r``).

    A file whose name ends in ``.gz`` is unpacked on the way. Bytes that are no text in the
    declared encoding become U+FFFD; a byte order mark is left out.

    Raises:
        LandingError: an archive that is not whole, or a line or an archive beyond the declared
            bounds.
    """
    decoder = codecs.getincrementaldecoder(encoding_of(landing))(errors="replace")
    lines_before, rest, begun = 0, "", False
    for piece in _pieces(path, landing):
        text = decoder.decode(piece, final=not piece)
        if text and not begun:
            begun, text = True, text.removeprefix(_BOM)
        lines = lines_of(rest + text)
        # A carriage return at the end of a piece may be half of a line's end.
        rest = lines.pop() if piece and lines and not lines[-1].endswith("\n") else ""
        _check_length(lines[0] if lines else rest, lines_before + 1, landing.longest_line)
        lines_before += len(lines)
        if lines:
            yield lines


def lines_of(text: str) -> list[str]:
    r"""Text cut into lines, each with its end.

    >>> lines_of("a\rb\r\nc\u2028d")
    ['a\r', 'b\r\n', 'c\u2028d']
    """
    return io.StringIO(text, newline="").readlines()


def _pieces(path: Path, landing: Landing) -> Iterator[bytes]:
    """The content piece by piece; the last piece is empty."""
    with _opened(path) as content:
        size = 0
        while piece := _piece(content):
            size += len(piece)
            if size > landing.largest_unpacked:
                raise LandingError(
                    f"unpacked it is larger than {landing.largest_unpacked:,} bytes, the limit; "
                    "if it is meant to be, declare a higher landing.largest_unpacked"
                )
            yield piece
    yield b""


def _piece(content: BinaryIO) -> bytes:
    try:
        return content.read(_PIECE)
    except gzip.BadGzipFile as error:
        raise LandingError(f"its name ends in .gz, but it is no sound archive: {error}") from error
    except EOFError as error:
        raise LandingError("it is not a whole .gz archive: its end is missing") from error
    except zlib.error as error:
        raise LandingError(f"it is a damaged .gz archive: {error}") from error


def _opened(path: Path) -> BinaryIO:
    if path.suffix.lower() == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


def _check_length(line: str, number: int, longest: int) -> None:
    """Refuse a line that is too long; only the first one of a piece can be."""
    if len(line) > longest:
        raise LandingError(
            f"line {number:,} is longer than {longest:,} characters, the limit; "
            "if it is meant to be, declare a higher landing.longest_line"
        )
