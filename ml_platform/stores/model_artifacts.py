"""The local folder of a registered model: the store's own where it is local, else a cached copy."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ml_platform.stores.mlflow_model import DATA_FOLDER
from ml_platform.stores.registry_connection import registry_errors

DEFAULT_CACHE = Path.home() / ".cache" / "ml_platform" / "models"


class ModelArtifacts:
    """Finds and fetches artifacts.

    Args:
        tracking_uri: the server that resolves addresses such as `mlflow-artifacts:/...`.
        cache: the folder for copies of remote artifacts; a version never changes, so a copy
            is made once.
    """

    def __init__(self, tracking_uri: str, cache: Path = DEFAULT_CACHE) -> None:
        self._tracking_uri = tracking_uri
        self._cache = cache

    def path(self, source: str) -> Path:
        """Return where the artifact at `source` lies, or will lie once fetched."""
        return _local(source) or self._cache / _key(self._tracking_uri, source)

    def fetch(self, source: str) -> Path:
        """Return the artifact's local folder, copied there first where the store is remote.

        Raises:
            RegistryUnreachable: the artifact store does not answer.
        """
        path = self.path(source)
        if _local(source) is None and not path.exists():
            self._download(f"{source.rstrip('/')}/{DATA_FOLDER}", path)
        return path

    def _download(self, address: str, path: Path) -> None:
        from mlflow.artifacts import download_artifacts

        self._cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._cache) as scratch:
            with registry_errors(self._tracking_uri):
                made = download_artifacts(
                    artifact_uri=address, dst_path=scratch, tracking_uri=self._tracking_uri
                )
            _move_once(Path(made), path)


def _move_once(made: Path, path: Path) -> None:
    """Give a finished copy its name; the first of two processes wins, the copies are equal."""
    try:
        made.rename(path)
    except OSError:
        if not path.exists():
            shutil.move(made, path)


def _local(source: str) -> Path | None:
    parts = urlsplit(source)
    if parts.scheme == "file":
        return Path(unquote(parts.path)) / DATA_FOLDER
    return Path(source) / DATA_FOLDER if not parts.scheme else None


def _key(tracking_uri: str, source: str) -> str:
    return hashlib.sha256(f"{tracking_uri} {source}".encode()).hexdigest()[:32]
