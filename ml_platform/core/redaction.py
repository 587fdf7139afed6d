"""Personal data out of the log: a keyed digest in the place of each value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from ml_platform.core.feature_digest import Cell, cell_bytes

DIGEST_BYTES = 16
KEY_BYTES = 32
"""Of a key that is made here."""
MISSING = cell_bytes(None)


@dataclass(frozen=True)
class Redaction:
    """Replaces the values of some columns by digests: equal values stay equal, nothing else does.

    BLAKE2b with a key is a pseudorandom function (RFC 7693, 2.9): without the key nobody can try
    values until one fits, which is easy with a plain digest of a birthday.

    Attributes:
        columns: the inputs to redact.
        key: secret, 1 to 64 bytes; used only where there are columns.
    """

    columns: tuple[str, ...]
    key: bytes

    def of(self, columns: Mapping[str, Sequence[Cell]]) -> dict[str, Sequence[Cell]]:
        """All columns, those to redact as 32 hexadecimal digits; a missing value stays missing."""
        hidden = {name: self._digests(columns[name]) for name in self.columns if name in columns}
        return {**columns, **hidden}

    def _digests(self, cells: Sequence[Cell]) -> list[Cell]:
        return [self._digest(cell_bytes(cell)) for cell in cells]

    def _digest(self, plain: bytes) -> str | None:
        if plain == MISSING:
            return None
        return blake2b(plain, key=self.key, digest_size=DIGEST_BYTES).hexdigest()
