"""Which resources an installation uses, from its settings."""

from dagster_pyspark import LazyPySparkResource

from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.mlflow_tracking import MlflowTracking
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.spark.session import spark_config
from ml_platform.stores.settings import Settings


def resources_for(settings: Settings) -> dict[str, object]:
    """Every resource the asset graph asks for, by key."""
    return {
        "lake": LakeResource(root=settings.lake_root),
        "registry": RegistryResource(
            tracking_uri=settings.mlflow_uri,
            artifact_root=settings.artifact_root,
            serving_root=str(settings.serving_root),
            signing_key=str(settings.signature_keys.signing or ""),
            verify_key=str(settings.signature_keys.verifying or ""),
        ),
        "mlflow": MlflowTracking(
            tracking_uri=settings.mlflow_uri, artifact_root=settings.artifact_root
        ),
        "spark": LazyPySparkResource(
            spark_config=spark_config(settings.spark_remote, settings.home / "spark")
        ),
    }
