"""The certificate that the endpoint shows, and its key."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from ml_platform.core.errors import ConfigError
from ml_platform.stores.private_file import read_private


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Both in PEM.

    Attributes:
        certificate: with the chain above it.
        key: private, without a passphrase; nobody but its owner may read it.
    """

    certificate: Path
    key: Path

    @classmethod
    def of(cls, certificate: Path | None, key: Path | None) -> TlsFiles | None:
        """Both files, checked; None where neither is given.

        Raises:
            ConfigError: one is absent, others can read the key, or the two do not belong together.
        """
        if certificate is None and key is None:
            return None
        if certificate is None or key is None:
            raise ConfigError("TLS needs both --tls-cert and --tls-key.")
        read_private(key, "the key of the certificate")
        try:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            # An empty passphrase, so that a key with one is refused here and asks nobody later.
            context.load_cert_chain(certificate, key, password="")
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(
                f"{certificate} and {key} are not a certificate and its key in PEM: {error}"
            ) from error
        return cls(certificate, key)
