"""The model registry as a Dagster resource."""

from pathlib import Path

from dagster import ConfigurableResource

from ml_platform.stores.model_registry import ModelRegistry
from ml_platform.stores.signatures import SignatureKeys


class RegistryResource(ConfigurableResource[ModelRegistry]):
    """MLflow's tracking server and model registry.

    Attributes:
        tracking_uri: MLflow's address, a server or a database.
        artifact_root: folder or object store for artifacts.
        serving_root: where the online endpoint reads what it serves; empty where there is none.
        signing_key: file of the private key that promotions sign with; empty where they do not.
        verify_key: file of the public key that the endpoint asks for; empty where it does not.
    """

    tracking_uri: str
    artifact_root: str
    serving_root: str = ""
    signing_key: str = ""
    verify_key: str = ""

    def open(self) -> ModelRegistry:
        """The registry itself."""
        serving = Path(self.serving_root) if self.serving_root else None
        keys = SignatureKeys(_file(self.signing_key), _file(self.verify_key))
        return ModelRegistry(self.tracking_uri, self.artifact_root, serving_root=serving, keys=keys)


def _file(name: str) -> Path | None:
    return Path(name) if name else None
