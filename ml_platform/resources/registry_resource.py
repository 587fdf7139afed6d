"""The model registry as a Dagster resource."""

from dagster import ConfigurableResource

from ml_platform.stores.model_registry import ModelRegistry


class RegistryResource(ConfigurableResource[ModelRegistry]):
    """MLflow's tracking server and model registry.

    Attributes:
        tracking_uri: MLflow's address, a server or a database.
        artifact_root: folder or object store for artifacts.
    """

    tracking_uri: str
    artifact_root: str

    def open(self) -> ModelRegistry:
        """The registry itself."""
        return ModelRegistry(self.tracking_uri, self.artifact_root)
