"""Tensors as raw bytes behind the JSON: the protocol's extension for binary tensor data, inwards.

https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
Triton's clients send values so unless told otherwise. Numbers are little-endian; each text has its
length in four bytes ahead of it.
"""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np

from ml_platform.serving.body import Headers, header
from ml_platform.serving.errors import InvalidRequest

JSON_LENGTH: Final = "inference-header-content-length"
_LENGTH_BYTES: Final = 4
_is_length = re.compile("[0-9]{1,12}").fullmatch
_FORMS: Final = {
    "BOOL": "<u1",
    **{f"INT{bits}": f"<i{bits // 8}" for bits in (8, 16, 32, 64)},
    **{f"UINT{bits}": f"<u{bits // 8}" for bits in (8, 16, 32, 64)},
    **{"FP32": "<f4", "FP64": "<f8"},
}


class BinaryData:
    """The bytes behind the JSON, taken by one tensor after the other."""

    def __init__(self, raw: bytes = b"") -> None:
        """Begin at the first byte."""
        self._raw, self._taken = raw, 0

    def take(self, size: Any, datatype: str) -> list[Any]:
        """Return the values in the next `size` bytes.

        Raises:
            ValueError: so many bytes are not there, or they are no values of the datatype.
        """
        if type(size) is not int or not 0 <= size <= len(self._raw) - self._taken:
            raise ValueError("binary_data_size says more bytes than there are behind the JSON")
        part = self._raw[self._taken : self._taken + size]
        self._taken += size
        return _texts(part) if datatype == "BYTES" else _numbers(part, datatype)

    @property
    def left(self) -> int:
        """How many bytes no tensor has taken."""
        return len(self._raw) - self._taken


def split(body: bytes, headers: Headers) -> tuple[bytes, BinaryData]:
    """Return the JSON of a body, and the bytes behind it.

    Raises:
        InvalidRequest: 400, the header that says where the JSON ends does not.
    """
    said = header(headers, JSON_LENGTH.encode())
    if not said:
        return body, BinaryData()
    end = int(said) if _is_length(said) else len(body) + 1
    if end > len(body):
        raise InvalidRequest(400, JSON_LENGTH, "expected how many bytes of the body are JSON")
    return body[:end], BinaryData(body[end:])


def _numbers(part: bytes, datatype: str) -> list[Any]:
    form = np.dtype(_FORMS[datatype])
    if len(part) % form.itemsize:
        raise ValueError(f"{len(part)} bytes are no whole number of {datatype} values")
    return list(np.frombuffer(part, form).tolist())


def _texts(part: bytes) -> list[str]:
    texts, at = [], 0
    while at < len(part):
        start = at + _LENGTH_BYTES
        end = start + int.from_bytes(part[at:start], "little")
        if end > len(part) or start > len(part):
            raise ValueError("the bytes end within a text")
        try:
            texts.append(part[start:end].decode())
        except UnicodeDecodeError:
            raise ValueError("a text is not UTF-8") from None
        at = end
    return texts
