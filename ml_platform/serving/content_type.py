"""What a body is, by its Content-Type header (RFC 9110, section 8.3)."""

from __future__ import annotations

from collections.abc import Collection

from ml_platform.serving.errors import InvalidRequest

JSON = "application/json"
CSV = "text/csv"
BINARY = "application/octet-stream"


def media_type(content_type: str, supported: Collection[str]) -> str:
    """Return the media type without parameters; text is UTF-8, and no other parameter is known.

    Raises:
        InvalidRequest: 415, for any other type, encoding or parameter.

    >>> media_type('Application/JSON; charset="UTF-8"', [JSON])
    'application/json'
    """
    named, *parameters = (part.strip() for part in content_type.split(";"))
    if named.lower() not in supported:
        got = f'"{named[:100]}"' if named else "none"
        reason = f"the content type must be {' or '.join(supported)}; got {got}"
        raise InvalidRequest(415, "content-type", reason)
    for parameter in filter(None, parameters):
        name, _, value = parameter.partition("=")
        if name.strip().lower() != "charset" or not _is_utf8(value):
            reason = f'only charset=utf-8 may follow the type; got "{parameter[:100]}"'
            raise InvalidRequest(415, "content-type", reason)
    return named.lower()


def _is_utf8(charset: str) -> bool:
    return charset.strip().strip('"').lower() in ("utf-8", "utf8")
