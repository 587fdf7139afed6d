"""Alert channels as a Dagster resource."""

from pathlib import Path

from dagster import ConfigurableResource

from ml_platform.stores.alert_channels import AlertChannels


class AlertsResource(ConfigurableResource[AlertChannels]):
    """Where alerts go.

    Attributes:
        urls: channel name -> Apprise addresses; a channel without one is the console.
        file: JSON lines of every alert.
    """

    urls: dict[str, list[str]]
    file: str

    def open(self) -> AlertChannels:
        """The channels themselves."""
        return AlertChannels(self.urls, Path(self.file))
