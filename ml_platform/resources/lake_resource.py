"""The lake as a Dagster resource."""

from dagster import ConfigurableResource

from ml_platform.stores.lake import Lake


class LakeResource(ConfigurableResource[Lake]):
    """Delta tables under one root folder.

    Attributes:
        root: the folder of the lake.
    """

    root: str

    def open(self) -> Lake:
        """The lake itself."""
        return Lake(self.root)
