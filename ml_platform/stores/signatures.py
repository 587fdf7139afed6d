"""Who let a version out: an Ed25519 signature over model, version and the digest of its manifest.

The manifest holds the digests of trees and specification, so one signature covers the artifact.
It says that a version of this model was promoted by whoever holds the private key: neither an
alias that somebody moved in the registry nor files that somebody put in place can say that.

    openssl genpkey -algorithm ed25519 -out signing.pem      # ML_PLATFORM_SIGNING_KEY, mode 0600
    openssl pkey -in signing.pem -pubout -out verify.pem     # ML_PLATFORM_VERIFY_KEY

Ed25519: https://www.rfc-editor.org/rfc/rfc8032.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ml_platform.core.errors import ConfigError, StoreError
from ml_platform.stores.private_file import read_private

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

    from ml_platform.stores.model_registry import ModelRegistry

SIGNATURE: Final = "signature"
"""Tag of a version."""
_SAYS: Final = "ml-platform: this version may answer, 1"


@dataclass(frozen=True, slots=True)
class SignatureKeys:
    """Where the keys are.

    Attributes:
        signing: private key in PEM that promotions sign with; None where they do not sign.
        verifying: public key in PEM; None where a signature is not asked for.
    """

    signing: Path | None = None
    verifying: Path | None = None

    def sign(self, model: str, version: int, manifest_sha256: str) -> str | None:
        """The signature in base64, or None where promotions do not sign.

        Raises:
            ConfigError: the private key cannot be used; the message names its file.
        """
        if self.signing is None:
            return None
        key = _private_key(self.signing)
        return b64encode(key.sign(_message(model, version, manifest_sha256))).decode()

    def require(
        self, model: str, version: int, manifest_sha256: str, signature: str | None
    ) -> None:
        """Return where the version may answer: it is signed, or no signature is asked for.

        Raises:
            StoreError: it is not signed, or not by that key, or for something else.
            ConfigError: the public key cannot be used; the message names its file.
        """
        if self.verifying is None:
            return
        from cryptography.exceptions import InvalidSignature

        key = _public_key(self.verifying)
        if not signature:
            raise StoreError(
                f"version {version} of {model} is not signed, and ML_PLATFORM_VERIFY_KEY asks "
                "for that. Promote it where ML_PLATFORM_SIGNING_KEY is set."
            )
        try:
            signed = b64decode(signature, validate=True)
            key.verify(signed, _message(model, version, manifest_sha256))
        except (ValueError, InvalidSignature) as error:
            raise StoreError(
                f"the signature of version {version} of {model} was not made for it with the key "
                f"of {self.verifying}"
            ) from error

    def check(self) -> None:
        """Read the public key, where there is one.

        Raises:
            ConfigError: it cannot be used; the message names its file.
        """
        if self.verifying is not None:
            _public_key(self.verifying)


NO_KEYS: Final = SignatureKeys()


def sign_version(registry: ModelRegistry, model: str, number: int) -> None:
    """Sign a version of the registry, where its promotions sign; before it gets its role.

    Raises:
        ConfigError: the private key cannot be used.
    """
    if registry.keys.signing is None:
        return
    digest = registry.version(model, number).manifest_sha256
    signature = registry.keys.sign(model, number, digest)
    registry.tag(model, number, {SIGNATURE: str(signature)})


def _message(model: str, version: int, manifest_sha256: str) -> bytes:
    """What is signed: no two versions have the same, as no field can hold a line's end."""
    return "\n".join((_SAYS, model, str(version), manifest_sha256)).encode()


def _private_key(file: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    content = read_private(file, "the private key that promotions sign with")
    try:
        key = load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{file} is not a private key in PEM without a passphrase.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{file} must hold an Ed25519 key.")
    return key


def _public_key(file: Path) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(file.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} is not a public key in PEM: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError(f"{file} must hold an Ed25519 key.")
    return key
