"""Who may ask the endpoint: a file of token digests, each with a name and a scope.

    {"tokens": [{"name": "shop", "scope": "predict", "sha256": "9f86d0..."}]}

A token is 256 random bits, so its plain SHA-256 cannot be guessed back
(https://pages.nist.gov/800-63-3/sp800-63b.html#lookupsecrets: a secret of 112 bits of entropy or
more needs no slow hash). The token itself is shown once and kept nowhere.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from ml_platform.core.errors import ConfigError
from ml_platform.stores.private_file import read_private, write_private

PREDICT: Final = "predict"
ADMIN: Final = "admin"
SCOPES: Final = (PREDICT, ADMIN)
"""`predict` asks for predictions and numbers; `admin` may all that, and what changes the
endpoint."""
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_WHAT: Final = "the digests of tokens"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token without the token.

    Attributes:
        name: of whoever holds it, to withdraw it by.
        scope: one of `SCOPES`.
        sha256: its digest, in hexadecimal.
    """

    name: str
    scope: str
    sha256: str


def read_tokens(file: Path) -> tuple[AccessToken, ...]:
    """Return all tokens of a file.

    Raises:
        ConfigError: it cannot be read, others can read it, or it is not of this form; the message
            names the file.
    """
    content = read_private(file, _WHAT)
    try:
        found = tuple(AccessToken(**each) for each in json.loads(content)["tokens"])
    except (ValueError, KeyError, TypeError) as error:
        # What is in it may be a token by mistake: it is not repeated.
        raise ConfigError(
            f'{file} must be {{"tokens": [{{"name", "scope", "sha256"}}, ...]}}, as '
            "'ml-platform token' writes it."
        ) from error
    for each in found:
        _require_valid(file, each)
    return found


def add_token(file: Path, name: str, scope: str) -> str:
    """Make a token, put its digest into the file, and return it; nobody can look it up again.

    Raises:
        ConfigError: the name is taken, the scope unknown, or the file cannot be read or written.
    """
    known = read_tokens(file) if file.exists() else ()
    if any(each.name == name for each in known):
        raise ConfigError(f'{file} has a token named "{name}" already; withdraw it first.')
    token = secrets.token_urlsafe(32)
    added = AccessToken(name, scope, digest(token))
    _require_valid(file, added)
    _write(file, (*known, added))
    return token


def withdraw_token(file: Path, name: str) -> None:
    """Take a token's digest out of the file.

    Raises:
        ConfigError: there is none of that name, or the file cannot be read or written.
    """
    known = read_tokens(file)
    kept = [each for each in known if each.name != name]
    if len(kept) == len(known):
        names = ", ".join(each.name for each in known) or "none"
        raise ConfigError(f'{file} has no token named "{name}"; there are: {names}.')
    _write(file, kept)


def holder(tokens: Sequence[AccessToken], given: str) -> AccessToken | None:
    """Whose token this is; the time it takes says nothing of the tokens there are."""
    shown, found = digest(given).encode(), None
    for each in tokens:
        if hmac.compare_digest(each.sha256.encode(), shown):
            found = each
    return found


def digest(token: str) -> str:
    """The SHA-256 of a token, in hexadecimal."""
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _write(file: Path, tokens: Sequence[AccessToken]) -> None:
    said = {"tokens": [asdict(each) for each in tokens]}
    write_private(file, json.dumps(said, indent=2).encode() + b"\n")


def _require_valid(file: Path, token: AccessToken) -> None:
    if token.scope not in SCOPES:
        raise ConfigError(
            f'{file}: the scope of "{token.name}" must be one of {", ".join(SCOPES)}.'
        )
    if not token.name or not _DIGEST.fullmatch(token.sha256):
        raise ConfigError(f"{file}: each token needs a name and a sha256 of 64 hexadecimal digits.")
