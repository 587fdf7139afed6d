"""What a team writes about the installation as a whole."""

from datetime import timedelta

from pydantic import Field

from ml_platform.core.declared_types import Duration, Name
from ml_platform.core.spec_errors import Declared


class PlatformSpec(Declared):
    """Alert channels, and how often a trouble that lasts is told again.

    A channel is a name that models use in ``alerts``, with any number of Apprise addresses; one
    without addresses is the console.
    """

    channels: dict[Name, tuple[str, ...]] = Field(default_factory=dict)
    repeat_after: Duration = timedelta(days=1)
