"""A pair of keys as a team makes them with openssl."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ml_platform.stores.signatures import SignatureKeys


def made_keys(folder: Path) -> SignatureKeys:
    """Write a new pair, the private one with mode 0600."""
    folder.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    signing, verifying = folder / "signing.pem", folder / "verify.pem"
    signing.touch(mode=0o600)
    signing.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    verifying.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return SignatureKeys(signing, verifying)
